"""At the centre: batches repeated, overlapping, with gaps, forked; facts that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.fact import canonical_text
from lms.models import Device, Epoch, Learner, Statement
from offline_pack.models import QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.snapshots import news_for, roster_document
from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice, line_of, make_fact


def stored_sequences() -> list[int]:
    return list(Statement.objects.order_by("sequence").values_list("sequence", flat=True))


def codes() -> list[tuple[int, str]]:
    return list(QuarantinedFact.objects.values_list("sequence", "code"))


def test_the_same_batch_twice_stores_each_fact_once(device, learner):
    for _ in range(3):
        device.records(learner.pk)

    first = accept_batch(device.batch(), device=device.row)
    again = accept_batch(device.batch(), device=device.row)

    assert first == again
    assert first.stored == 3
    assert stored_sequences() == [1, 2, 3]


def test_an_overlapping_batch_adds_only_what_is_new(device, learner):
    for _ in range(5):
        device.records(learner.pk)
    accept_batch(device.batch(1, 3), device=device.row)

    accepted = accept_batch(device.batch(2, 5), device=device.row)

    assert accepted.stored == 5
    assert stored_sequences() == [1, 2, 3, 4, 5]


def test_an_empty_batch_tells_the_cursor(device, learner):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)

    accepted = accept_batch(device.batch(2), device=device.row)

    assert accepted.stored == 1
    assert accepted.rejected == ()


def test_a_gap_is_refused_with_what_is_needed(device, learner):
    for _ in range(5):
        device.records(learner.pk)
    accept_batch(device.batch(1, 2), device=device.row)

    with pytest.raises(RefusalError) as refused:
        accept_batch(device.batch(4, 5), device=device.row)

    assert (refused.value.status, refused.value.code) == (412, "gap")
    assert refused.value.facts == {"need": [{"from": 3, "to": 3}], "stored": 2}
    assert stored_sequences() == [1, 2]


def test_an_unknown_epoch_must_begin_at_its_beginning(device, learner):
    for _ in range(3):
        device.records(learner.pk)

    with pytest.raises(RefusalError) as refused:
        accept_batch(device.batch(2), device=device.row)

    assert refused.value.facts["stored"] == 0
    assert not Epoch.objects.exists()


def test_a_second_story_under_the_same_numbers_is_a_fork(device, learner):
    device.records(learner.pk)
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    device.lines.pop()
    device.records(learner.pk)
    device.records(learner.pk)

    with pytest.raises(RefusalError) as refused:
        accept_batch(device.batch(), device=device.row)

    assert (refused.value.status, refused.value.code) == (409, "fork")
    assert refused.value.facts["at"] == 2
    assert stored_sequences() == [1, 2]


def test_a_story_that_parted_before_the_batch_is_a_fork_from_the_start(device, learner):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    device.lines.clear()
    device.records(learner.pk)
    device.records(learner.pk)

    with pytest.raises(RefusalError) as refused:
        accept_batch(device.batch(2), device=device.row)

    assert refused.value.facts["at"] == 1


def test_another_devices_epoch_is_refused(device, learner, telecentre):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    other = RemoteDevice(telecentre, epoch=device.epoch, lines=device.lines).registered()

    with pytest.raises(RefusalError) as refused:
        accept_batch(other.batch(), device=other.row)

    assert (refused.value.status, refused.value.code) == (403, "other_device")


BAD_LINES = {
    "not JSON": b"{",
    "bad UTF-8": b'{"id":"\xff\xfe"}',
    "a list": b"[]",
    "NUL": b"\x00\x00",
    "deep": b"[" * 100_000,
    "a number of many digits": b'{"n":' + b"9" * 5000 + b"}",
    "no field": b"{}",
    "empty": b"",
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_line_nobody_can_read_is_kept_and_stops_nothing(device, learner, line):
    device.records(learner.pk)
    device.lines.append(line)
    device.records(learner.pk)

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.stored == 3
    assert accepted.rejected == ((2, "unreadable"),)
    assert stored_sequences() == [1, 3]
    assert bytes(QuarantinedFact.objects.get().line) == line


def test_quarantined_facts_are_held_against_the_batch_that_comes_again(device, learner):
    device.lines.append(b"{")
    device.records(learner.pk)
    first = accept_batch(device.batch(), device=device.row)

    again = accept_batch(device.batch(), device=device.row)

    assert first == again
    assert codes() == [(1, "unreadable")]


def test_a_quarantined_fact_that_comes_again_otherwise_is_a_fork(device):
    device.lines.append(b"{")
    accept_batch(device.batch(), device=device.row)
    device.lines[0] = b"}"

    with pytest.raises(RefusalError) as refused:
        accept_batch(device.batch(), device=device.row)

    assert refused.value.facts["at"] == 1


def test_lone_surrogates_and_nul_in_a_body_are_kept_as_escapes(device, learner):
    device.records(learner.pk, body_json='{"note":"\\ud800 \\u0000"}')

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ()
    assert Statement.objects.get().body_json == '{"note":"\\ud800 \\u0000"}'


def test_a_fact_in_other_bytes_than_the_canonical_is_set_aside(device, learner):
    device.lines.append(b" " + line_of(make_fact(learner.pk, sequence=1)))

    accept_batch(device.batch(), device=device.row)

    assert codes() == [(1, "not_canonical")]


def test_a_fact_in_anothers_place_is_set_aside(device, learner):
    device.lines.append(line_of(make_fact(learner.pk, sequence=9)))

    accept_batch(device.batch(), device=device.row)

    assert codes() == [(1, "wrong_place")]


def test_an_unknown_verb_is_kept(device, learner):
    device.records(learner.pk, verb="sang", v=3, body_json='{"song":"a"}')

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ()
    assert Statement.objects.get().verb == "sang"


def test_a_fact_held_in_another_place_is_stored_once(device, learner):
    fact = device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    healed = RemoteDevice(device.telecentre, id=device.id, key=device.key)
    healed.lines.append(line_of(replace(fact, sequence=1)))
    healed.records(learner.pk)

    accepted = accept_batch(healed.batch(), device=device.row)

    assert (accepted.stored, accepted.rejected) == (2, ())
    assert Statement.objects.count() == 2


def test_an_id_used_for_something_else_is_set_aside(device, learner):
    fact = device.records(learner.pk)
    device.records(learner.pk, id=fact.id)

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ((2, "used_id"),)


def test_a_device_speaks_only_for_its_own_telecentre(device, learner):
    stranger = make_learner(telecentre=make_telecentre(slug="neem", name="Neem"))
    device.records(stranger.pk)
    device.records(learner.pk)
    device.records(uuid4())

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ((1, "foreign_learner"), (3, "unknown_learner"))
    assert stored_sequences() == [2]


def test_a_device_cannot_take_over_a_learner_by_creating_them(device):
    stranger = make_learner(telecentre=make_telecentre(slug="neem", name="Neem"))
    device.records(
        stranger.pk,
        verb="learner_created",
        object_id=stranger.pk,
        body_json=canonical_text({"profile": {"name": "Faux"}}),
    )

    accepted = accept_batch(device.batch(), device=device.row)

    stranger.refresh_from_db()
    assert accepted.rejected == ((1, "foreign_learner"),)
    assert stranger.name == "Awa Ouédraogo"


def test_a_learner_made_at_the_telecentre_is_made_known_with_their_facts(device):
    made = device.creates("Issa Kaboré")
    device.records(made.learner_id)

    accepted = accept_batch(device.batch(), device=device.row)

    learner = Learner.objects.get()
    assert accepted.rejected == ()
    assert (learner.pk, learner.name) == (made.learner_id, "Issa Kaboré")
    assert learner.telecentre == device.telecentre
    assert learner.pin_hash == ""


def test_a_learner_without_a_name_is_set_aside_and_so_are_their_facts(device):
    made = device.creates("\0 ")
    device.records(made.learner_id)

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ((1, "bad_profile"), (2, "unknown_learner"))
    assert not Learner.objects.exists()


def test_the_roster_tells_who_waits_in_quarantine_until_they_are_known(device, telecentre):
    made = device.creates("\0 ")
    device.records(made.learner_id)
    accept_batch(device.batch(), device=device.row)

    unread = roster_document(telecentre)["set_aside"]
    make_learner(id=made.learner_id, telecentre=telecentre)

    assert unread == [made.learner_id.hex]
    assert roster_document(telecentre)["set_aside"] == []


def test_the_roster_tells_of_nobody_a_thief_made_up(device, telecentre):
    device.creates("\0 ")
    accept_batch(device.batch(), device=device.row)

    Device.objects.update(stolen_at="2026-01-01T00:00:00Z")

    assert roster_document(telecentre)["set_aside"] == []


def test_facts_of_a_learner_who_moved_since_the_last_roster_are_taken(device, learner):
    news_for(device.telecentre, {})
    learner.telecentre = make_telecentre(slug="neem", name="Neem")
    learner.save()
    device.records(learner.pk)

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ()


def test_taking_three_facts_costs_as_many_queries_as_taking_one(device, learner):
    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    costs = []
    for count in (1, 3):
        first = len(device.lines) + 1
        for _ in range(count):
            device.records(learner.pk)
        batch, row = device.batch(first), device.row
        with CaptureQueriesContext(connection) as queries:
            accept_batch(batch, device=row)
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert Statement.objects.count() == 5
