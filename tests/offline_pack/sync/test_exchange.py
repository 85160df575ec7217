"""At a telecentre: what one exchange does with the answers of a centre, good and bad days."""

from __future__ import annotations

import json
import time

import pytest

from lms.clock import ClockQuality, read_clock
from lms.fact import FIRST_HASH
from lms.models import Epoch, Statement
from lms.recording import own_epoch, start_new_epoch
from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.envelope import decode_batch
from offline_pack.sync.errors import (
    BatchTooLargeError,
    CentreUnreachableError,
    NoProgressError,
    StreamForkError,
    StreamGapError,
)
from offline_pack.sync.exchange import exchange
from offline_pack.trust.keys import own_key

NOW = 1_790_000_000_000


class PatientCentre:
    """Holds streams as the protocol says, in memory."""

    address = "https://centre.example.org"

    def __init__(self):
        self.hashes = {}  # epoch -> chain hashes, from 0 on
        self.facts = []  # ids, in the order they came
        self.requests = []
        self.down = []
        self.most = 1000

    def send_batch(self, body, *, centre):
        assert centre.key_id == own_key(SYNC).key_id
        batch = decode_batch(body)
        self.requests.append(batch.header)
        if batch.header.n > self.most:
            raise BatchTooLargeError("too large")
        held = self.hashes.setdefault(batch.header.epoch, [FIRST_HASH])
        first = batch.header.first_seq
        if first > len(held):
            raise StreamGapError(stored=len(held) - 1)
        if held[first - 1] != batch.header.prev_h:
            raise StreamForkError(at=1)
        for place, chain_hash in enumerate(batch.chain()):
            if first + place < len(held):
                if held[first + place] != chain_hash:
                    raise StreamForkError(at=first + place)
            else:
                held.append(chain_hash)
                self.facts.append(batch.lines[place])
        return {
            "stored": len(held) - 1,
            "durable": 0,
            "server_time": NOW,
            "rejected": [],
            "down": [] if batch.header.left else self.down,
            "epochs": [] if batch.header.left else self.cursors(),
        }

    def cursors(self):
        return [
            {"epoch": epoch.hex, "stored": len(held) - 1, "h": held[-1].hex()[:16]}
            for epoch, held in self.hashes.items()
        ]


@pytest.fixture
def centre():
    return PatientCentre()


@pytest.fixture
def link(telecentre):
    return CentreLink.objects.create(
        address=PatientCentre.address,
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        telecentre=telecentre,
    )


def test_all_that_waits_is_sent_and_told(link, centre, record, telecentre):
    record(3)

    done = exchange(link, centre)

    telecentre.refresh_from_db()
    assert (done.sent, done.stored, done.received) == (3, 3, 0)
    assert len(centre.facts) == 3
    assert waiting_facts() == 0
    assert telecentre.last_synced_at.timestamp() * 1000 == NOW


def test_with_nothing_new_it_is_one_request(link, centre, record):
    record(1)
    exchange(link, centre)

    done = exchange(link, centre)

    assert (done.sent, done.stored) == (0, 0)
    assert len(centre.requests) == 2


def test_a_clock_that_jumps_back_during_a_sync_changes_neither_order_nor_cursor(
    link, centre, record, monkeypatch, settings
):
    settings.YELEN_CLOCK_QUALITY = 0
    record(3)
    centre.most = 2
    now = iter(range(time.time_ns(), 0, -(400 * 24 * 3600 * 10**9)))  # 400 days back, each look
    monkeypatch.setattr("lms.clock.time.time_ns", lambda: next(now))

    done = exchange(link, centre)
    record(2)
    again = exchange(link, centre)

    assert (done.stored, again.stored) == (3, 2)
    assert [json.loads(line)["n"] for line in centre.facts] == [1, 2, 3, 4, 5]
    assert waiting_facts() == 0
    link.refresh_from_db()
    assert link.last_contact_at.timestamp() * 1000 == NOW
    assert read_clock().quality == ClockQuality.SYNCHRONISED
    assert abs(read_clock().wall_ms - NOW) < 60_000


def test_many_facts_go_in_several_batches_and_each_epoch_in_its_turn(link, centre, record):
    record(3)
    start_new_epoch()
    record(4)
    centre.most = 2
    told = []

    done = exchange(link, centre, progress=lambda *steps: told.append(steps))

    assert len(centre.facts) == 7
    assert done.stored == 7
    assert told[-1] == (7, 7)
    assert [header.left for header in centre.requests if header.n <= 2][-1] == 0


def test_a_cut_line_leaves_what_was_acknowledged_and_goes_on_from_there(link, centre, record):
    record(4)
    centre.most = 2
    whole = centre.send_batch

    def cut_after_two(body, **kwargs):
        if len(centre.facts) == 2:
            whole(body, **kwargs)  # the centre stores it; the answer is lost
            raise CentreUnreachableError("x", reason="cut")
        return whole(body, **kwargs)

    centre.send_batch = cut_after_two
    with pytest.raises(CentreUnreachableError):
        exchange(link, centre)
    assert own_sequence() == (4, 2)

    centre.send_batch = whole
    done = exchange(link, centre)

    assert done.stored == 2
    assert len(centre.facts) == 4  # the batch whose answer was lost was stored once


def test_a_centre_put_back_from_an_old_copy_gets_again_what_it_lost(link, centre, record):
    record(4)
    exchange(link, centre)
    for held in centre.hashes.values():
        del held[2:]
    record(1)

    exchange(link, centre)

    assert [len(held) - 1 for held in centre.hashes.values()] == [5]
    assert own_sequence() == (5, 5)


def test_a_closed_stream_that_the_centre_lost_is_sent_again(link, centre, record):
    record(2)
    closed = own_epoch_id()
    exchange(link, centre)
    start_new_epoch()
    record(3)
    exchange(link, centre)
    del centre.hashes[closed]

    done = exchange(link, centre)

    assert sorted(len(held) - 1 for held in centre.hashes.values()) == [2, 3]
    assert done.sent == 2
    assert waiting_facts() == 0


@pytest.mark.parametrize("told_by_clone", [2, 3])
def test_a_closed_stream_in_which_a_clone_told_another_story_is_sent_again(
    link, centre, record, told_by_clone
):
    """The centre was put back from a copy made before ours; the clone spoke first."""
    record(2)
    closed = own_epoch_id()
    exchange(link, centre)
    start_new_epoch()
    exchange(link, centre)
    centre.hashes[closed] = [FIRST_HASH, *(bytes([n]) * 32 for n in range(told_by_clone))]
    before, centre.facts = centre.facts, []

    exchange(link, centre)
    again = exchange(link, centre)

    assert {json.loads(line)["id"] for line in centre.facts} == {
        json.loads(line)["id"] for line in before
    }
    assert again.sent == 0
    assert waiting_facts() == 0


def test_what_a_clone_went_on_with_is_not_sent_again(link, centre, record):
    record(2)
    closed = own_epoch_id()
    exchange(link, centre)
    start_new_epoch()
    exchange(link, centre)
    centre.hashes[closed].append(bytes(32))

    done = exchange(link, centre)

    assert done.sent == 0
    assert len(centre.facts) == 2


def test_a_centre_that_lost_everything_gets_everything_again(link, centre, record):
    record(3)
    exchange(link, centre)
    centre.hashes.clear()

    exchange(link, centre)

    assert [len(held) - 1 for held in centre.hashes.values()] == [3]


def test_a_machine_put_back_from_an_old_copy_goes_on_in_a_new_epoch(link, centre, record):
    record(3)
    exchange(link, centre)
    Statement.objects.filter(sequence__gt=1).delete()  # as a copy taken after the first
    first = Statement.objects.get()
    Epoch.objects.update(last_sequence=1, last_hash=first.chain_hash, acknowledged=1)

    exchange(link, centre)
    record(1)
    exchange(link, centre)

    assert Epoch.objects.filter(closed_at=None).count() == 1
    assert sorted(len(held) - 1 for held in centre.hashes.values()) == [1, 3]
    assert waiting_facts() == 0


def test_a_fork_is_healed_and_both_stories_are_kept(link, centre, record):
    record(3)
    exchange(link, centre)
    Statement.objects.filter(sequence__gt=1).delete()
    first = Statement.objects.get()
    Epoch.objects.update(last_sequence=1, last_hash=first.chain_hash, acknowledged=1)
    record(2)  # under the numbers 2 and 3 once more
    ids = set(Statement.objects.values_list("pk", flat=True))

    done = exchange(link, centre)

    assert done.stored == 2
    assert sorted(len(held) - 1 for held in centre.hashes.values()) == [2, 3]
    assert set(Statement.objects.values_list("pk", flat=True)) == ids
    assert len(centre.facts) == 5


def test_damaged_facts_are_carried_into_a_new_epoch(link, centre, record):
    record(4)
    Statement.objects.filter(sequence=3).update(wall_ms=5)  # a bit flipped on the disk

    exchange(link, centre)

    assert sorted(len(held) - 1 for held in centre.hashes.values()) == [2, 2]
    assert waiting_facts() == 0


def test_a_centre_that_never_agrees_is_given_up(link, centre, record):
    record(1)
    own = own_epoch_id()
    centre.hashes[own] = [FIRST_HASH]

    def forks_for_ever(body, **kwargs):
        raise StreamForkError(at=1)

    centre.send_batch = forks_for_ever

    with pytest.raises(NoProgressError):
        exchange(link, centre)

    assert Statement.objects.count() == 1


def test_facts_made_by_other_machines_are_not_sent(link, centre, device, learner):
    from offline_pack.sync.accepting import accept_batch

    device.records(learner.pk)
    accept_batch(device.batch(), device=device.row)
    own_epoch_id()

    exchange(link, centre)

    assert centre.facts == []


def own_epoch_id():
    from django.db import transaction

    with transaction.atomic():
        return own_epoch().pk


def own_sequence():
    epoch = Epoch.objects.get()
    return epoch.last_sequence, epoch.acknowledged
