"""At the centre: whose facts a device may tell, and how deep one may be nested."""

from __future__ import annotations

import pytest

from lms.fact import MAX_DEPTH, canonical_text
from lms.models import Learner, Statement
from offline_pack.models import QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.snapshots import news_for
from offline_pack.telecentres.releasing import release_facts
from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice, line_of, make_fact


@pytest.fixture
def elsewhere(db):
    return make_telecentre(slug="ailleurs", name="Ailleurs")


def accept(device):
    return accept_batch(device.batch(), device=device.row)


def move(learner_id, telecentre):
    Learner.objects.filter(pk=learner_id).update(telecentre=telecentre)


def test_facts_made_before_the_list_without_them_arrived_are_taken(device, learner, elsewhere):
    news_for(device.telecentre, {})
    move(learner.pk, elsewhere)
    news_for(device.telecentre, {})  # on a stick, which takes its time
    device.records(learner.pk)

    accepted = accept(device)

    assert accepted.rejected == ()
    assert Statement.objects.get().learner_id == learner.pk


def test_so_are_those_of_somebody_made_there_who_was_on_no_list(device, elsewhere):
    learner_id = device.creates().learner_id
    accept(device)
    move(learner_id, elsewhere)
    device.records(learner_id)

    accepted = accept(device)

    assert accepted.rejected == ()


def test_such_facts_that_were_set_aside_can_be_released(device, learner, elsewhere):
    move(learner.pk, elsewhere)
    device.records(learner.pk)
    accept(device)
    aside = QuarantinedFact.objects.get(code="foreign_learner")
    move(learner.pk, device.telecentre)
    news_for(device.telecentre, {})
    move(learner.pk, elsewhere)
    news_for(device.telecentre, {})

    done = release_facts([aside.pk])

    assert (done.used, Statement.objects.count()) == (1, 1)


@pytest.mark.parametrize("is_listed", [True, False])
def test_whoever_makes_a_learner_speaks_of_nobody_else(device, learner, elsewhere, is_listed):
    other = make_learner(name="Ali", telecentre=elsewhere)
    device.records(
        other.pk,
        verb="learner_created",
        object_id=learner.pk if is_listed else make_fact(learner.pk, sequence=1).id,
        body_json=canonical_text({"profile": {"name": "Issa"}}),
    )

    accepted = accept(device)

    assert accepted.rejected == ((1, "foreign_learner"),)
    assert not Statement.objects.exists()


def nested(learner_id, *, depth: int) -> bytes:
    """A line whose body is that deep."""
    body = b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
    return line_of(make_fact(learner_id, sequence=1)).replace(b'"x":{}', b'"x":' + body)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 300, 930])
def test_a_fact_nested_too_deep_is_set_aside(device, learner, depth):
    device.lines.append(nested(learner.pk, depth=depth))

    accepted = accept(device)

    assert accepted.rejected == ((1, "unreadable"),)


def test_brackets_in_texts_nest_nothing(device, learner):
    device.records(learner.pk, body_json=canonical_text({"text": '["' * 500}))

    accepted = accept(device)

    assert accepted.rejected == ()


def test_a_device_of_elsewhere_says_nothing_of_them(device, learner, elsewhere):
    news_for(device.telecentre, {})
    stranger = RemoteDevice(elsewhere).registered()
    stranger.records(learner.pk)

    accepted = accept(stranger)

    assert accepted.rejected == ((1, "foreign_learner"),)
