"""At a telecentre: when the next sync is due, in time this machine was running.

Its clock cannot be trusted, so nothing here asks for the date. A restart counts: a machine that
ran some hours and was switched off has ended a day of use.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from lms.clock import ClockReading, read_clock
from offline_pack.models import Rhythm, SyncPlan
from offline_pack.sync.errors import CentreBusyError, CentreUnreachableError
from offline_pack.sync.waiting import (
    DAY,
    HOUR,
    LONGEST,
    LONGEST_OFFLINE,
    MINUTE,
    as_asked,
    back_off,
)

QUIET = 15 * MINUTE  # between two syncs that have something to send, with a link
NO_NEWS = 6 * HOUR  # with a link and nothing to send: a look at what the centre has
PAUSES = {
    Rhythm.LINK: NO_NEWS,
    Rhythm.HOUR: HOUR,
    Rhythm.DAY: DAY,
    Rhythm.WEEK: 7 * DAY,
    Rhythm.OFF: 0,
}
HOPELESS = frozenset({"RevokedError", "UnknownDeviceError", "OtherCentreError"})
"""Troubles that asking again does not end: somebody must pair, or press the button."""

_WORKING_DAY = 4 * HOUR  # at least, between two starts of a machine that is switched off at night
_WRITE_EVERY = 15 * MINUTE  # a power cut forgets no more than that


@dataclass(frozen=True, slots=True)
class Plan:
    rhythm: Rhythm
    failures: int  # in a row
    left_ms: int  # of running time before the next try; 0: now

    @property
    def is_on(self) -> bool:
        return self.rhythm != Rhythm.OFF

    @property
    def minutes_left(self) -> int:
        return -(-self.left_ms // MINUTE)


def plan(*, waiting: int, clock: ClockReading | None = None) -> Plan:
    """As it stands; changes nothing. ``waiting`` facts are the centre's to have."""
    row = _read()
    left = _advanced(row, clock or read_clock())[0]
    if row.rhythm == Rhythm.LINK and waiting and not row.failures:
        left = max(left - (NO_NEWS - QUIET), 0)
    return Plan(Rhythm(row.rhythm), row.failures, left)


@transaction.atomic
def count_wait(clock: ClockReading | None = None) -> None:
    """Write down what is left to wait: at a new start, and now and then."""
    clock = clock or read_clock()
    row = _row()
    if row.boot_id == clock.boot_id and clock.mono_ms < row.counted_ms + _WRITE_EVERY:
        return
    _keep(row, clock, *_advanced(row, clock))


@transaction.atomic
def choose_rhythm(rhythm: Rhythm, clock: ClockReading | None = None) -> None:
    """What the manager wants from now on; a wait that was longer is cut short."""
    clock = clock or read_clock()
    row = _row()
    left, ran = _advanced(row, clock)
    row.rhythm = rhythm
    _keep(row, clock, left if row.failures else min(left, PAUSES[rhythm]), ran)


@transaction.atomic
def note_success(*, sent: int, clock: ClockReading | None = None) -> None:
    """``sent`` facts reached the centre."""
    clock = clock or read_clock()
    row = _row()
    row.failures, row.last_sent = 0, sent
    _keep(row, clock, PAUSES[Rhythm(row.rhythm)], _advanced(row, clock)[1])


@transaction.atomic
def note_failure(error: Exception, clock: ClockReading | None = None) -> None:
    """The longer they go on, the longer the wait; a centre that names a time is believed."""
    clock = clock or read_clock()
    row = _row()
    row.failures += 1
    if isinstance(error, CentreBusyError):
        wait = as_asked(error.retry_after)
    else:
        waits_for_link = row.rhythm == Rhythm.LINK and isinstance(error, CentreUnreachableError)
        wait = back_off(row.failures, longest=LONGEST_OFFLINE if waits_for_link else LONGEST)
    _keep(row, clock, wait, _advanced(row, clock)[1])


def batch_facts() -> int:
    """How many facts this line carries at once, as far as the last sync found out."""
    return _read().batch_facts


def last_sent() -> int:
    """Facts that the last sync which worked brought to the centre."""
    return _read().last_sent


def keep_batch_facts(limit: int) -> None:
    SyncPlan.objects.update_or_create(pk=1, defaults={"batch_facts": limit})


def _read() -> SyncPlan:
    return SyncPlan.objects.filter(pk=1).first() or SyncPlan()


def _row() -> SyncPlan:
    return SyncPlan.objects.select_for_update().get_or_create(pk=1)[0]


def _advanced(row: SyncPlan, clock: ClockReading) -> tuple[int, int]:
    """What is left to wait, and for how long the machine has run in this day of use."""
    left, ran = row.wait_ms, row.ran_ms
    counted = row.counted_ms
    if row.boot_id != clock.boot_id:
        counted = 0
        if ran >= _WORKING_DAY:
            left, ran = left - max(DAY - ran, 0), 0
    passed = max(clock.mono_ms - counted, 0)
    return max(left - passed, 0), (ran + passed) % DAY


def _keep(row: SyncPlan, clock: ClockReading, left: int, ran: int) -> None:
    row.wait_ms, row.ran_ms = left, ran
    row.boot_id, row.counted_ms = clock.boot_id, clock.mono_ms
    row.save()
