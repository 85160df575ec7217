"""At the centre: facts set aside are tried again, once each, or stay with a note."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.fact import canonical_text
from lms.identifiers import new_id
from lms.models import Device, Enrolment, Epoch, Learner, Statement
from lms.progress import deriving, rebuild_all
from offline_pack.jobs import run_job
from offline_pack.models import Job, JobState, QuarantinedFact
from offline_pack.sync import folding
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.envelope import MAX_LINE
from offline_pack.telecentres.releasing import (
    Released,
    keep_aside,
    release_facts,
    release_for,
    release_reason,
    start_release,
)
from tests.factories import make_learner, make_staff, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice


def waiting() -> list[tuple[int, str]]:
    return list(QuarantinedFact.objects.waiting().values_list("sequence", "code"))


def all_ids() -> list[int]:
    return list(QuarantinedFact.objects.values_list("pk", flat=True))


def test_a_fact_released_takes_its_own_place_and_is_concluded_from(device, telecentre):
    stranger = new_id()
    device.records(stranger)
    device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)
    before = Epoch.objects.get()

    released = release_facts(all_ids())

    after = Epoch.objects.get()
    assert released == Released(used=2, aside=0)
    assert list(Statement.objects.order_by("sequence").values_list("sequence", flat=True)) == [
        1,
        2,
    ]
    assert waiting() == []
    assert (after.last_sequence, bytes(after.last_hash)) == (2, bytes(before.last_hash))
    assert rebuild_all(check=True) == 0


def test_facts_before_their_learner_are_used_when_the_learner_comes(
    device, telecentre, django_capture_on_commit_callbacks
):
    other = RemoteDevice(telecentre).registered()
    made = other.creates()
    device.records(made.object_id)
    device.records(new_id())
    with django_capture_on_commit_callbacks(execute=True):
        accept_batch(device.batch(), device=device.row)
    before = waiting()

    with django_capture_on_commit_callbacks(execute=True):
        accept_batch(other.batch(), device=other.row)

    assert before == [(1, "unknown_learner"), (2, "unknown_learner")]
    assert waiting() == [(2, "unknown_learner")]
    assert Statement.objects.filter(learner_id=made.object_id).count() == 2


def test_who_arrives_costs_as_much_however_many_lines_wait_for_others(telecentre):
    counted = []
    for others in (1, 3):
        device, arrives = RemoteDevice(telecentre).registered(), new_id()
        for stranger in (arrives, *(new_id() for _ in range(others))):
            device.records(stranger)
        accept_batch(device.batch(), device=device.row)
        make_learner(id=arrives, telecentre=telecentre)
        with CaptureQueriesContext(connection) as queries:
            assert release_for({arrives}) == Released(used=1, aside=0)
        counted.append(len(queries))

    assert counted[0] == counted[1]
    assert len(waiting()) == 4


def test_what_a_thief_said_of_somebody_unknown_waits_for_a_person(
    device, telecentre, django_capture_on_commit_callbacks
):
    other = RemoteDevice(telecentre).registered()
    made = other.creates()
    device.records(made.object_id)
    accept_batch(device.batch(), device=device.row)
    Device.objects.filter(pk=device.id).update(stolen_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        accept_batch(other.batch(), device=other.row)

    assert waiting() == [(1, "unknown_learner")]


def test_a_release_asked_twice_stores_once(device, telecentre):
    stranger = new_id()
    device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)

    results = [release_facts(all_ids()), release_facts(all_ids())]

    assert results == [Released(used=1, aside=0), Released(used=0, aside=0)]
    assert Statement.objects.count() == 1


def test_the_device_may_send_a_released_fact_again(device, telecentre):
    stranger = new_id()
    device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)
    release_facts(all_ids())
    device.records(stranger)

    accepted = accept_batch(device.batch(), device=device.row)

    assert (accepted.stored, accepted.rejected) == (2, ())
    assert Statement.objects.count() == 2


def test_what_still_cannot_be_used_waits_on(device):
    device.lines.append(b"{")
    device.records(uuid4())
    accept_batch(device.batch(), device=device.row)

    released = release_facts(all_ids())

    assert released == Released(used=0, aside=2)
    assert waiting() == [(1, "unreadable"), (2, "unknown_learner")]
    assert not Statement.objects.exists()


def test_a_fact_that_came_by_another_way_meanwhile_is_not_stored_again(device, telecentre):
    stranger = new_id()
    fact = device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)
    healed = RemoteDevice(telecentre, id=device.id, key=device.key)
    healed.records(stranger, **{name: getattr(fact, name) for name in ("id", "object_id")})
    healed.lines[0] = device.lines[0]
    accept_batch(healed.batch(), device=device.row)

    released = release_facts(all_ids())

    assert released == Released(used=1, aside=0)
    assert Statement.objects.count() == 1


def test_all_of_a_reason_are_released_and_others_are_not(device, telecentre):
    stranger = new_id()
    for _ in range(3):
        device.records(stranger)
    device.lines.append(b"{")
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)
    told = []

    released = release_reason(
        "unknown_learner",
        telecentre_id=telecentre.pk,
        progress=lambda done, total: told.append((done, total)),
    )

    assert released == Released(used=3, aside=0)
    assert told == [(3, 3)]
    assert waiting() == [(4, "unreadable")]


def test_another_telecentre_s_facts_are_left_alone(device, telecentre):
    device.lines.append(b"{")
    accept_batch(device.batch(), device=device.row)
    other = make_telecentre(slug="neem", name="Neem")

    released = release_reason("unreadable", telecentre_id=other.pk)

    assert released == Released(used=0, aside=0)


def test_the_worker_releases_what_is_many(device, telecentre):
    stranger = new_id()
    device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=telecentre)

    job = start_release("unknown_learner", telecentre_id=telecentre.pk, user=make_staff())
    run_job(job.pk)

    assert Job.objects.get().state == JobState.DONE
    assert Job.objects.get().result == {"used": 1, "aside": 0}
    assert Statement.objects.count() == 1


def test_a_fact_kept_aside_is_no_longer_counted_and_can_still_be_released(device, telecentre):
    stranger = new_id()
    device.records(stranger)
    accept_batch(device.batch(), device=device.row)
    user = make_staff("coordinator")

    keep_aside(QuarantinedFact.objects.get(), note="Carte d'essai", user=user)

    kept = QuarantinedFact.objects.get()
    make_learner(id=stranger, telecentre=telecentre)
    assert waiting() == []
    assert (kept.note, kept.decided_by) == ("Carte d'essai", user)
    assert release_facts([kept.pk]) == Released(used=1, aside=0)


def test_the_maker_of_a_learner_is_released_with_what_the_learner_did(device, monkeypatch):
    made = device.creates("Issa")
    device.records(made.learner_id)
    Device.objects.filter(pk=device.id).update(stolen_at="2026-01-01T00:00:00Z")
    accept_batch(device.batch(), device=device.row)

    released = release_facts(all_ids())

    assert released == Released(used=2, aside=0)
    assert Learner.objects.get().name == "Issa"


def test_a_fact_that_breaks_the_rules_is_set_aside_and_stops_nothing(
    device, telecentre, monkeypatch
):
    learner = make_learner(telecentre=telecentre)
    for number in range(3):
        device.records(learner.pk, course_version=number)
    whole = folding.merge_statements

    def breaks_on_two(epoch, facts, **more):
        merged = whole(epoch, facts, **more)
        if any(fact.course_version == 1 for fact in facts):
            raise ZeroDivisionError
        return merged

    monkeypatch.setattr(folding, "merge_statements", breaks_on_two)
    accepted = accept_batch(device.batch(), device=device.row)
    monkeypatch.undo()
    released = release_facts(all_ids())

    assert (accepted.stored, accepted.rejected) == (3, ((2, "breaks"),))
    assert released == Released(used=1, aside=0)
    assert Statement.objects.count() == 3


@pytest.mark.parametrize("size", [MAX_LINE + 1, 10 * 1024 * 1024])
def test_a_statement_of_ten_megabytes_is_set_aside_and_stops_nothing(device, telecentre, size):
    learner = make_learner(telecentre=telecentre)
    device.records(learner.pk, body_json=canonical_text({"t": "a" * size}))
    device.records(learner.pk)

    accepted = accept_batch(device.batch(), device=device.row)

    assert (accepted.stored, accepted.rejected) == (2, ((1, "too_long"),))
    assert bytes(QuarantinedFact.objects.get().line) == device.lines[0]


def test_a_verb_of_a_newer_software_is_kept_and_folded_after_the_upgrade(
    device, telecentre, monkeypatch
):
    learner = make_learner(telecentre=telecentre)
    device.records(learner.pk, verb="registered", v=2, body_json='{"new":"shape"}')
    device.records(learner.pk, verb="sang")

    accepted = accept_batch(device.batch(), device=device.row)
    before = Enrolment.objects.count()
    monkeypatch.setattr(deriving, "KNOWN_V", 2)
    rebuild_all()

    assert accepted.rejected == ()
    assert before == 0
    assert Enrolment.objects.count() == 1
    assert Statement.objects.get(sequence=1).body_json == '{"new":"shape"}'


def test_a_learner_deleted_at_the_centre_is_not_brought_back_by_facts(device):
    made = device.creates("Issa")
    accept_batch(device.batch(), device=device.row)
    Learner.objects.all().delete()
    healed = RemoteDevice(device.telecentre, id=device.id, key=device.key)
    healed.lines.append(device.lines[0])
    healed.records(made.learner_id)

    accepted = accept_batch(healed.batch(), device=device.row)
    release_facts(all_ids())

    assert accepted.rejected == ((2, "unknown_learner"),)
    assert not Learner.objects.exists()
