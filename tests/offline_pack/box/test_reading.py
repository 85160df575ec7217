"""At a telecentre: the centre's answer from a stick."""

from __future__ import annotations

from datetime import UTC, datetime

import pyrage
import pytest

from lms.clock import read_clock
from lms.models import ClockMark, Epoch, Statement
from lms.recording import own_epoch, start_new_epoch
from offline_pack.box.errors import (
    AnswerForOthersError,
    BoxDamagedError,
    BoxNotFromCentreError,
)
from offline_pack.box.reading import read_answer
from offline_pack.format.signing import SigningKey
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.errors import CentreUnreachableError
from offline_pack.sync.planning import note_failure, plan
from offline_pack.trust.age_keys import own_identity
from tests.offline_pack.box.boxes import ANSWERED_AT, cursor, new_identity, put_answer


def test_the_answer_moves_the_cursor_once(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))

    first, second = read_answer(stick), read_answer(stick)

    assert (first.stored, second.stored) == (3, 0)
    assert waiting_facts() == 0
    link.telecentre.refresh_from_db()
    assert link.telecentre.last_synced_at == datetime.fromtimestamp(ANSWERED_AT / 1000, tz=UTC)


def test_an_answer_says_how_late_it_is_at_least_and_sets_no_clock(link, stick, settings):
    settings.YELEN_CLOCK_QUALITY = 0
    put_answer(stick, cursor(0), at=ANSWERED_AT * 2)  # in the year 2083, by the centre's clock
    before = read_clock()

    read_answer(stick)

    after = read_clock()
    assert after.floor_ms >= ANSWERED_AT * 2 > before.floor_ms
    assert after.quality <= before.quality
    assert not ClockMark.objects.exists()


def test_an_answer_on_the_stick_ends_the_waiting_after_failures(link, stick):
    for _ in range(12):
        note_failure(CentreUnreachableError("x", reason="cut"))
    put_answer(stick, cursor(0))

    read_answer(stick)

    assert plan(waiting=0).failures == 0


def test_an_older_answer_never_takes_a_cursor_back(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))
    read_answer(stick)
    put_answer(stick, cursor(1), at=ANSWERED_AT - 1000)

    read_answer(stick)

    assert waiting_facts() == 0


def test_a_newer_answer_of_a_centre_put_back_does(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))
    read_answer(stick)
    put_answer(stick, cursor(1), at=ANSWERED_AT + 1000)

    read_answer(stick)

    assert waiting_facts() == 2


def test_a_closed_stream_that_the_answer_does_not_name_is_sent_again(link, record, stick):
    record(2)
    put_answer(stick, cursor(2))
    read_answer(stick)
    start_new_epoch()
    record(1)
    put_answer(stick, cursor(1, own_epoch()), at=ANSWERED_AT + 1000)

    read_answer(stick)

    assert waiting_facts() == 2


def test_a_cursor_on_another_story_loses_nothing(link, record, stick):
    record(3)
    ids = set(Statement.objects.values_list("pk", flat=True))
    put_answer(stick, cursor(2, chain_hash=b"\1" * 32))

    read_answer(stick)

    assert set(Statement.objects.values_list("pk", flat=True)) == ids
    assert waiting_facts() == 3
    assert Epoch.objects.filter(closed_at=None).count() == 1


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_longer_story_of_a_clone_in_a_stream_loses_nothing(link, record, stick, is_closed):
    """The centre was put back from a copy made before ours; the clone spoke first."""
    record(2)
    epoch = own_epoch()
    put_answer(stick, cursor(2))
    read_answer(stick)
    if is_closed:
        start_new_epoch()
    else:
        record(1)
    clone = cursor(5, epoch, chain_hash=b"\1" * 32, seen=[2, "01" * 8])
    put_answer(stick, clone, at=ANSWERED_AT + 1000)

    read_answer(stick)
    waiting = waiting_facts()
    read_answer(stick)

    assert waiting == waiting_facts() == Statement.objects.count()
    assert Epoch.objects.count() == 2


def test_what_a_clone_went_on_with_is_not_sent_again(link, record, stick):
    record(2)
    ours = Statement.objects.get(sequence=2)
    put_answer(stick, cursor(2))
    read_answer(stick)
    start_new_epoch()
    mark = bytes(ours.chain_hash).hex()[:16]
    longer = cursor(5, ours.epoch, chain_hash=b"\1" * 32, seen=[2, mark])
    put_answer(stick, longer, at=ANSWERED_AT + 1000)

    read_answer(stick)

    assert waiting_facts() == 0


@pytest.mark.parametrize("seen", [[2], "2", [-1, "00"], {"2": "00"}])
def test_an_answer_that_tells_what_it_saw_in_no_known_way_is_damaged(link, record, stick, seen):
    record(2)
    put_answer(stick, cursor(2, seen=seen))

    with pytest.raises(BoxDamagedError):
        read_answer(stick)

    assert waiting_facts() == 2


def test_a_machine_put_back_from_a_copy_goes_on_in_a_new_epoch_once(link, record, stick):
    record(2)
    put_answer(stick, cursor(5, chain_hash=b"\1" * 32))

    read_answer(stick)
    read_answer(stick)

    assert Epoch.objects.count() == 2
    assert waiting_facts() == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"device": "0" * 32}, BoxNotFromCentreError),
        ({"key": SigningKey.generate()}, BoxNotFromCentreError),
        ({"recipient": str(new_identity().to_public())}, AnswerForOthersError),
    ],
)
def test_an_answer_by_or_for_somebody_else_changes_nothing(link, record, stick, changes, error):
    record(2)
    put_answer(stick, cursor(2), **changes)

    with pytest.raises(error):
        read_answer(stick)

    assert waiting_facts() == 2


@pytest.mark.parametrize("place", [0.2, 0.7, 0.99])
def test_a_damaged_answer_changes_nothing(link, record, stick, place):
    record(2)
    path = put_answer(stick, cursor(2))
    data = path.read_bytes()
    at = int(len(data) * place)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    with pytest.raises((BoxDamagedError, AnswerForOthersError)):
        read_answer(stick)

    assert waiting_facts() == 2


def test_a_stick_with_other_peoples_answers_only_is_said_so(link, stick):
    path = put_answer(stick)
    path.rename(path.with_name("0.yelenack"))

    with pytest.raises(AnswerForOthersError):
        read_answer(stick)


def test_what_the_centre_did_not_sign_is_not_even_read(link, stick):
    path = put_answer(stick)
    body = b"0" * 64 + b":" + b"0" * 128 + b"\n" + b"neither compressed nor JSON"
    path.write_bytes(pyrage.encrypt(body, [own_identity().to_public()]))

    with pytest.raises(BoxNotFromCentreError):
        read_answer(stick)
