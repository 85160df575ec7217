"""At the centre: a device reported stolen is refused, and what came from it since is set aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.models import Completion, Device, Enrolment, Statement
from lms.progress import rebuild_all
from offline_pack.models import QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.errors import StolenDeviceError, TheftInFutureError
from offline_pack.telecentres.releasing import release_facts
from offline_pack.telecentres.stolen import reinstate_device, revoke_device
from tests.offline_pack.sync.devices import RemoteDevice, post

DAY = timedelta(days=1)


def received(*, ago: timedelta, sequences: list[int]) -> None:
    Statement.objects.filter(sequence__in=sequences).update(received_at=timezone.now() - ago)


def sequences() -> list[int]:
    return list(Statement.objects.order_by("sequence").values_list("sequence", flat=True))


def test_what_came_since_the_theft_is_set_aside_and_what_came_before_stays(device, learner):
    for _ in range(4):
        device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    received(ago=3 * DAY, sequences=[1, 2])

    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    aside = QuarantinedFact.objects.waiting()
    assert sequences() == [1, 2]
    assert [(row.sequence, row.code) for row in aside] == [(3, "after_theft"), (4, "after_theft")]
    assert [bytes(row.line) for row in aside] == device.lines[2:]
    assert rebuild_all(check=True) == 0


def test_figures_that_rested_on_the_thief_alone_go(device, learner):
    device.records(learner.pk, verb="registered")
    accept_batch(device.batch(), device=device.row)
    before = Enrolment.objects.count()

    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    assert before == 1
    assert not Enrolment.objects.exists()
    assert not Completion.objects.exists()


def test_a_stolen_device_is_answered_403(device, learner):
    device.records(learner.pk)
    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    told = post(device.body(), key=device.key)

    assert (told.status, told.document) == (403, {"code": "revoked"})
    assert not QuarantinedFact.objects.exists()


def test_what_still_arrives_by_another_way_is_set_aside(device, learner):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    received(ago=3 * DAY, sequences=[1])
    revoke_device(device.id, stolen_at=timezone.now() - DAY)
    device.records(learner.pk)

    accepted = accept_batch(device.batch(), device=device.row)

    assert (accepted.stored, accepted.rejected) == (2, ((2, "after_theft"),))
    assert sequences() == [1]


def test_what_was_honest_can_be_released(device, learner):
    device.records(learner.pk, verb="registered")
    accept_batch(device.batch(), device=device.row)
    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    release_facts(QuarantinedFact.objects.values_list("pk", flat=True))

    assert sequences() == [1]
    assert Enrolment.objects.count() == 1
    assert rebuild_all(check=True) == 0


def test_an_earlier_date_told_later_sets_more_aside_even_what_was_released(device, learner):
    for _ in range(3):
        device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    received(ago=5 * DAY, sequences=[1])
    received(ago=3 * DAY, sequences=[2])
    revoke_device(device.id, stolen_at=timezone.now() - DAY)
    release_facts(QuarantinedFact.objects.values_list("pk", flat=True))

    revoke_device(device.id, stolen_at=timezone.now() - 4 * DAY)

    assert sequences() == [1]
    assert QuarantinedFact.objects.waiting().count() == 2


def test_without_a_date_everything_stays(device, learner):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)

    revoke_device(device.id)

    assert sequences() == [1]
    assert Device.objects.get().stolen_at is None


def test_a_withdrawal_by_mistake_is_taken_back_and_nothing_is_lost(device, learner):
    device.records(learner.pk)
    revoke_device(device.id)

    reinstate_device(device.id)
    told = post(device.body(), key=device.key)

    assert told.status == 200
    assert sequences() == [1]


def test_a_stolen_device_does_not_come_back(device, learner):
    device.records(learner.pk)
    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    with pytest.raises(StolenDeviceError):
        reinstate_device(device.id)

    assert post(device.body(), key=device.key).status == 403


def test_tomorrow_is_refused_and_nothing_changes(device):
    with pytest.raises(TheftInFutureError):
        revoke_device(device.id, stolen_at=timezone.now() + DAY)

    assert Device.objects.get().revoked_at is None


def test_another_device_of_the_telecentre_is_not_touched(device, learner, telecentre):
    other = RemoteDevice(telecentre).registered()
    other.records(learner.pk)
    accept_batch(other.batch(), device=other.row)

    revoke_device(device.id, stolen_at=timezone.now() - DAY)

    assert sequences() == [1]
