"""Facts to a real, strict LRS: whatever it does, each is there once, or set aside."""

from __future__ import annotations

from uuid import uuid4

import pytest

from lms.identifiers import new_id
from lms.models import Statement
from lms.people.erasing import erase_person
from lms.streams import take_out
from lms.xapi import from_xapi
from offline_pack.forwarding import forward, lrs_state, try_again
from offline_pack.lrs import client
from offline_pack.lrs.errors import (
    AllRefusedError,
    LrsFaultError,
    LrsUnreachableError,
    NotAnLrsError,
)
from offline_pack.lrs.outbox import begin_anew, waiting_statements
from offline_pack.models import LrsStraggler, QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.telecentres.releasing import release_facts
from tests.factories import make_learner
from tests.offline_pack.lrs.checking import assert_each_once
from tests.offline_pack.sync.devices import RemoteDevice


def test_every_kind_of_fact_is_a_statement_that_a_strict_lrs_takes(lrs, record, learner):
    attempt = str(new_id())
    record(body={})
    record(verb="registered", body={"by": "salif"})
    record(verb="attempted", body={"attempt": attempt})
    question = {"attempt": attempt, "question": str(uuid4()), "response": ["a"], "right": True}
    record(verb="answered", body=question)
    record(verb="completed", body={"attempt": attempt, "mode": "scored", "scaled": "0.8500"})
    record(verb="progressed", body={"xapi": "{}"})
    record(verb="observed", body={"levels": {}, "observer": "salif", "observer_name": "Salif"})
    profile = {"profile": {"name": learner.name}}
    record(
        verb="learner_created",
        object_id=learner.pk,
        course_id=None,
        course_version=0,
        body=profile,
    )

    done = forward()

    assert (done.sent, done.refused, done.is_all) == (8, 0, True)
    assert_each_once(lrs)
    held = lrs.state()["held"]
    assert learner.name not in str(held)
    assert "alif" not in str(held)
    row = Statement.objects.get(verb="answered")
    assert from_xapi(held[str(row.pk)]) == row.fact()
    assert lrs.state()["headers"][0]["X-Experience-API-Version"] == "1.0.3"


def test_names_go_only_when_a_setting_says_so(lrs, record, learner, settings):
    settings.YELEN_LRS_NAMES = True
    record()

    forward()

    (statement,) = lrs.state()["held"].values()
    assert statement["actor"]["name"] == learner.name


def test_of_erased_people_nothing_leaves_and_the_others_go_on(lrs, record, learner):
    record(2)
    (kept,) = record(learner=make_learner(name="Issa", telecentre=learner.telecentre))
    erase_person(learner, by=None)

    done = forward()

    assert (done.sent, done.refused, done.is_all) == (1, 0, True)
    assert list(lrs.state()["held"]) == [str(kept.pk)]
    assert waiting_statements() == 0


def test_many_go_in_portions_and_nothing_goes_twice(lrs, record):
    record(250)

    forward()
    forward()

    assert_each_once(lrs)
    assert lrs.state()["posts"] == [100, 100, 50]
    assert lrs_state().sent == 250


@pytest.mark.parametrize("fault", ["cut", "lose", "half", "500", "503", "page", "others", "429"])
def test_after_a_fault_each_is_there_once(lrs, record, fault):
    record(5)
    # Every connection that the other side gave up is tried once more.
    lrs.control(faults=[fault, fault])

    with pytest.raises((LrsUnreachableError, LrsFaultError, NotAnLrsError)):
        forward()
    assert waiting_statements() == 5
    lrs.control(faults=[])
    forward()

    assert_each_once(lrs)


def test_an_answer_that_does_not_come_is_given_up(lrs, record, monkeypatch):
    monkeypatch.setattr(client.LrsConnection.__init__, "__kwdefaults__", {"timeout": 0.3})
    record(2)
    lrs.control(faults=["slow 1.0"])

    with pytest.raises(LrsUnreachableError):
        forward()
    lrs.control(faults=[])
    forward()

    assert_each_once(lrs)


@pytest.mark.parametrize("taken_is_conflict", [True, False])
def test_a_lost_answer_is_no_conflict(lrs, record, taken_is_conflict):
    record(3)
    lrs.control(faults=["lose", "lose"], taken_is_conflict=taken_is_conflict)
    with pytest.raises(LrsUnreachableError):
        forward()
    record(2)
    Statement.objects.update(occurred_within_ms=5)  # more became known of when they happened

    done = forward()

    assert done.sent == 5
    assert_each_once(lrs)


@pytest.mark.parametrize("lists_one", [True, False])
def test_an_lrs_that_says_nothing_of_what_it_had_is_asked_for_it(lrs, record, lists_one):
    record(3)
    lrs.control(faults=["lose", "lose"], is_quiet=True, lists_one=lists_one)
    with pytest.raises(LrsUnreachableError):
        forward()

    done = forward()

    assert done.sent == 3
    assert_each_once(lrs)


def test_a_portal_that_says_yes_to_anything_is_no_lrs(lrs, record):
    record(3)
    lrs.control(faults=["portal"])

    with pytest.raises(NotAnLrsError):
        forward()
    forward()

    assert_each_once(lrs)


def test_another_statement_under_the_same_id_is_told(lrs, record):
    (first, second) = record(2)
    lrs.control(held={str(first.pk): {"id": str(first.pk), "verb": {"id": "urn:x:other"}}})

    done = forward()

    assert (done.sent, done.refused) == (1, 1)
    straggler = LrsStraggler.objects.get()
    assert (straggler.statement_id, straggler.status) == (first.pk, 409)
    assert str(second.pk) in lrs.state()["stored"]


def test_one_bad_statement_is_set_aside_with_the_words_of_the_lrs(lrs, record):
    rows = record(60)
    lrs.control(bad=[str(rows[33].pk)])

    done = forward()

    assert (done.sent, done.refused) == (59, 1)
    assert_each_once(lrs, but=[str(rows[33].pk)])
    straggler = LrsStraggler.objects.get()
    assert (straggler.status, straggler.words) == (400, '"a statement is bad"')
    lrs.control(bad=[])
    try_again()
    forward()
    assert_each_once(lrs)


def test_an_lrs_that_refuses_everything_stops_it(lrs, record):
    rows = record(40)
    lrs.control(bad=[str(row.pk) for row in rows])

    with pytest.raises(AllRefusedError):
        forward()

    assert waiting_statements() == 40
    assert LrsStraggler.objects.count() == 0


@pytest.mark.parametrize("said", ["", "taken_is_conflict", "is_quiet"])
def test_an_lrs_that_refuses_all_of_one_kind_gets_the_others(lrs, record, said):
    bad = [str(row.pk) for row in record(40)]
    others = record(2, verb="registered")
    if said:  # of what is there already; the answer was lost
        lrs.control(faults=["lose", "lose"], **{said: True})
        with pytest.raises(LrsUnreachableError):
            forward()
    lrs.control(bad=bad)

    done = forward()

    assert (done.sent, done.refused) == (2, 40)
    assert {str(row.pk) for row in others} <= lrs.state()["stored"].keys()
    assert set(lrs.state()["stored"].values()) == {1}


def test_one_statement_that_the_lrs_breaks_on_does_not_stop_the_others_for_ever(lrs, record):
    rows = record(8)
    lrs.control(poison=str(rows[3].pk))
    for _ in range(3):
        with pytest.raises(LrsFaultError):
            forward()

    done = forward()

    assert (done.sent, done.refused) == (7, 1)
    assert_each_once(lrs, but=[str(rows[3].pk)])
    assert LrsStraggler.objects.get().status == 500


def test_an_lrs_that_breaks_on_anything_has_a_fault_and_refuses_nothing(lrs, record):
    record(8)
    for _ in range(5):
        lrs.control(faults=["500"] * 8)
        with pytest.raises(LrsFaultError):
            forward()

    assert LrsStraggler.objects.count() == 0
    lrs.control(faults=[])
    forward()
    assert_each_once(lrs)


def test_a_small_lrs_gets_less_at_once(lrs, record):
    record(60)
    lrs.control(most_bytes=9000)

    done = forward()

    assert (done.sent, done.refused) == (60, 0)
    assert_each_once(lrs)


def test_a_statement_too_large_for_the_lrs_is_set_aside(lrs, record):
    record(3)
    (large,) = record(verb="progressed", body={"xapi": "x" * 20_000})
    lrs.control(most_bytes=15_000)

    done = forward()

    assert (done.sent, done.refused) == (3, 1)
    assert LrsStraggler.objects.get().status == 413
    assert_each_once(lrs, but=[str(large.pk)])


def test_a_fact_released_late_and_one_taken_out(lrs, telecentre_device):
    device, learner = telecentre_device
    for _ in range(3):
        device.records(learner.pk)
    stranger = new_id()
    late = device.records(stranger)
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    forward()
    assert len(lrs.state()["held"]) == 4

    make_learner(id=stranger, telecentre=device.telecentre)
    release_facts(QuarantinedFact.objects.values_list("pk", flat=True))
    assert waiting_statements() == 1
    forward()

    assert str(late.id) in lrs.state()["held"]
    assert_each_once(lrs)
    take_out([Statement.objects.get(pk=late.id)])
    assert LrsStraggler.objects.count() == 0


def test_a_fact_released_before_its_place_was_passed_goes_once(lrs, telecentre_device):
    device, learner = telecentre_device
    stranger = new_id()
    device.records(stranger)
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    make_learner(id=stranger, telecentre=device.telecentre)
    release_facts(QuarantinedFact.objects.values_list("pk", flat=True))

    forward()

    assert lrs.state()["posts"] == [2]
    assert_each_once(lrs)
    assert LrsStraggler.objects.count() == 0


def test_a_stream_with_nothing_usable_is_passed_over(lrs, telecentre_device):
    device, _learner = telecentre_device
    device.records(new_id())
    accept_batch(device.batch(), device=device.row)

    forward()

    assert waiting_statements() == 0
    assert lrs.state()["posts"] == []


def test_begun_anew_another_lrs_gets_everything(lrs, record):
    record(3)
    forward()
    lrs.control(reset=True)

    begin_anew()
    forward()

    assert_each_once(lrs)
    assert lrs_state().sent == 3


@pytest.fixture
def telecentre_device(learner):
    return RemoteDevice(learner.telecentre).registered(), learner
