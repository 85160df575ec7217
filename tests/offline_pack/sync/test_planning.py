"""When a telecentre synchronises by itself, in the time it runs."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from lms.clock import ClockQuality, ClockReading
from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink, Job, JobState, Rhythm, SyncPlan
from offline_pack.sync.batch_size import AIM, LEAST, after_a_cut, next_limit
from offline_pack.sync.envelope import MAX_FACTS
from offline_pack.sync.errors import CentreBusyError, CentreFaultError, CentreUnreachableError
from offline_pack.sync.planning import choose_rhythm, count_wait, note_failure, note_success, plan
from offline_pack.sync.waiting import DAY, HOUR, LONGEST, MINUTE, as_asked, back_off
from offline_pack.syncing import KEPT_JOBS, ask_for_sync, sync_when_due
from offline_pack.trust.keys import own_key

START = ClockReading(wall_ms=0, boot_id=UUID(int=1), mono_ms=HOUR, quality=ClockQuality.UNKNOWN)


def later(milliseconds: int) -> ClockReading:
    return replace(START, mono_ms=START.mono_ms + milliseconds)


def restarted(milliseconds: int = 0) -> ClockReading:
    return replace(START, boot_id=UUID(int=2), mono_ms=milliseconds)


@pytest.fixture
def link(telecentre, settings):
    settings.YELEN_ROLE = "telecentre"
    return CentreLink.objects.create(
        address="http://127.0.0.1:9",  # nobody listens there
        sync_key=own_key(SYNC).public.hex(),
        telecentre=telecentre,
    )


@pytest.mark.parametrize("draw", [0.0, 0.5, 1.0])
def test_the_wait_doubles_from_a_minute_to_six_hours(draw):
    waits = [back_off(failures, draw=draw) for failures in (1, 2, 3, 9, 10_000)]

    assert waits == sorted(waits)
    assert all(MINUTE <= wait <= LONGEST for wait in waits)
    assert waits[1] <= 2 * MINUTE * 1.25
    assert waits[-1] >= LONGEST * 0.75


def test_two_telecentres_cut_off_together_do_not_return_together():
    assert len({back_off(5) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(90, 90_000, 112_500), (10**9, DAY, 2 * DAY)]
)
def test_a_centre_that_names_a_time_is_believed_within_reason(asked, least, most):
    assert all(least <= as_asked(asked, draw=draw) <= most for draw in (0.0, 1.0))


@pytest.mark.parametrize(
    ("sent", "seconds", "expected"),
    [
        (500, AIM, 500),
        (500, AIM / 2, 1000),
        (500, AIM * 100, 250),
        (100, 1.0, 500),  # not full, and quick: nothing was learnt
        (100, AIM * 2, 50),
        (500, 0.0, 1000),
    ],
)
def test_a_batch_aims_at_twenty_seconds(sent, seconds, expected):
    assert next_limit(500, sent=sent, seconds=seconds) == expected


def test_a_batch_stays_within_bounds():
    assert next_limit(MAX_FACTS, sent=MAX_FACTS, seconds=0.1) == MAX_FACTS
    assert after_a_cut(LEAST) == LEAST


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rhythm", "pause"), [("hour", HOUR), ("day", DAY), ("week", 7 * DAY), ("link", 6 * HOUR)]
)
def test_after_a_success_it_waits_for_its_rhythm(rhythm, pause):
    choose_rhythm(Rhythm(rhythm), START)

    note_success(sent=3, clock=START)

    assert plan(waiting=0, clock=START).left_ms == pause
    assert plan(waiting=0, clock=later(pause - 1)).left_ms == 1
    assert plan(waiting=0, clock=later(pause)).left_ms == 0


@pytest.mark.django_db
def test_with_something_to_send_the_first_rhythm_waits_a_quarter_of_an_hour():
    note_success(sent=1, clock=START)

    waits = [plan(waiting=1, clock=later(minutes * MINUTE)).left_ms for minutes in (0, 14, 15)]

    assert waits == [15 * MINUTE, MINUTE, 0]


@pytest.mark.django_db
def test_failures_are_counted_over_a_restart_and_a_success_forgets_them():
    for _ in range(4):
        note_failure(CentreFaultError(status=500), START)
    before = plan(waiting=0, clock=START)

    after = plan(waiting=0, clock=restarted(MINUTE))
    note_success(sent=0, clock=restarted(MINUTE))

    assert (before.failures, after.failures) == (4, 4)
    assert after.left_ms == before.left_ms - MINUTE
    assert plan(waiting=0, clock=restarted(MINUTE)).failures == 0


@pytest.mark.django_db
def test_no_date_hurries_a_sync_or_puts_it_off():
    note_success(sent=0, clock=START)

    waits = {
        plan(waiting=0, clock=replace(START, wall_ms=wall)).left_ms
        for wall in (0, 2**45, -(2**40))
    }

    assert waits == {6 * HOUR}


@pytest.mark.django_db
def test_a_machine_switched_off_at_night_ends_its_day():
    choose_rhythm(Rhythm.DAY, START)
    note_success(sent=0, clock=START)
    count_wait(later(8 * HOUR))

    assert plan(waiting=0, clock=restarted()).left_ms == HOUR  # as long after the start as then


@pytest.mark.django_db
def test_a_machine_that_restarts_all_the_time_does_not_sync_each_time():
    choose_rhythm(Rhythm.DAY, START)
    note_success(sent=0, clock=START)
    count_wait(later(HOUR))

    assert plan(waiting=0, clock=restarted()).left_ms == 23 * HOUR


@pytest.mark.django_db
def test_without_a_link_the_longest_wait_is_a_quarter_of_an_hour():
    for _ in range(12):
        note_failure(CentreUnreachableError("x", reason="cut"), START)

    assert 11 * MINUTE <= plan(waiting=0, clock=START).left_ms <= 15 * MINUTE


@pytest.mark.django_db
def test_a_busy_centre_says_how_long_to_wait():
    note_failure(CentreBusyError(retry_after=3600), START)

    assert HOUR <= plan(waiting=5, clock=START).left_ms <= 1.25 * HOUR


def test_without_a_link_no_job_is_made(link, monkeypatch):
    monkeypatch.setattr("offline_pack.syncing.is_link_up", lambda _address: False)

    assert not sync_when_due()
    assert not Job.objects.exists()


def test_with_a_link_one_job_is_made_and_never_two(link, monkeypatch):
    monkeypatch.setattr("offline_pack.syncing.is_link_up", lambda _address: True)

    asked = [sync_when_due() for _ in range(3)]

    assert asked == [True, False, False]
    assert Job.objects.get().kind == "sync"


def test_who_chose_the_button_alone_is_left_in_peace(link, monkeypatch):
    monkeypatch.setattr("offline_pack.syncing.is_link_up", lambda _address: True)
    choose_rhythm(Rhythm.OFF)

    assert not sync_when_due()


@pytest.mark.parametrize("trouble", ["RevokedError", "UnknownDeviceError", "OtherCentreError"])
def test_a_telecentre_that_must_be_paired_again_asks_no_more_by_itself(link, monkeypatch, trouble):
    monkeypatch.setattr("offline_pack.syncing.is_link_up", lambda _address: True)
    CentreLink.objects.update(last_error=trouble)

    assert not sync_when_due()
    assert ask_for_sync()  # the button still works


def test_a_machine_not_paired_does_nothing(db):
    assert not sync_when_due()
    assert not SyncPlan.objects.exists()


def test_old_syncs_are_forgotten(link):
    for _ in range(KEPT_JOBS + 5):
        Job.objects.create(kind="sync", state=JobState.DONE)
    Job.objects.create(kind="import", state=JobState.DONE)

    ask_for_sync()

    assert Job.objects.filter(kind="sync").count() == KEPT_JOBS + 1
    assert Job.objects.filter(kind="import").count() == 1
