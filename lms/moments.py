"""When facts happened, worked out from what clocks said. Plain Python, the same everywhere.

The facts of one stream come in the order they were made, and that order is never changed. A
boot's own clock runs evenly, so that one true time (a ``Mark``) tells all times of that boot. A
boot without one lies between the boots before and after it; a wall clock that fits is believed
as the best guess, and the bounds still tell how far the truth may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar
from uuid import UUID

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

TOLERANCE = {2: HOUR, 3: MINUTE}
"""How far a clock of that quality may be wrong: set by a person, set by the network."""

DRIFT = 10_000
"""A machine's own clock gains or loses less than one part in so many (a second in 3 hours)."""

FLUTTER = SECOND
"""A wall clock that agrees so well is right to the millisecond: the two are not read at once."""

LONGEST_UPTIME = 2**40  # ms, 34 years: beyond, it is no time since a boot


@dataclass(frozen=True, slots=True)
class Reading:
    """What a fact says of clocks."""

    boot_id: UUID
    mono_ms: int
    wall_ms: int
    quality: int
    latest_ms: int  # it had happened by then, by a right clock


Read = TypeVar("Read", bound=Reading)


@dataclass(frozen=True, slots=True)
class Mark:
    """A true time: at ``mono_ms`` of a boot it was ``at_ms``, give or take ``within_ms``."""

    mono_ms: int
    at_ms: int
    within_ms: int


@dataclass(frozen=True, slots=True)
class Moment:
    at_ms: int
    within_ms: int  # the truth is not further away


@dataclass(slots=True)
class _Run:
    """Facts of one boot in a row; ``low`` and ``high`` bound the time at which it started."""

    first: int  # the boot's own clock at the first fact and at the last
    last: int
    latest: int  # all of them had happened by then
    low: int
    high: int
    point: int | None  # the best guess of that time; None: nothing says it
    is_bracketed: bool = False  # something in the stream happened before, at a known time


def moments(
    readings: Iterable[Read],
    *,
    marks: Mapping[UUID, Mark],
    since_ms: int,
    before: Moment | None = None,
) -> Iterator[tuple[Read, Moment]]:
    """Each reading with its moment, in the same order, and never running backwards.

    Nothing happened before ``since_ms``. ``before`` is the moment of the fact before the first.
    The readings are gone through twice, and none is kept: they may be those of a year.
    """
    runs = [_run(group, marks.get(boot_id), since_ms) for boot_id, group in _boots(readings)]
    _narrow(runs, before)
    latest = max((run.latest for run in runs), default=since_ms)
    floor = max(since_ms, before.at_ms) if before else since_ms
    starts = _starts(runs, floor)
    for (_boot_id, group), run, start in zip(_boots(readings), runs, starts, strict=True):
        within = max(start - run.low, run.high - start, 0)
        for reading, mono in _rising(group):
            wall = reading.wall_ms
            at = wall if abs(wall - start - mono) < FLUTTER else start + mono
            at = floor = min(max(at, floor), max(latest, floor))
            # Drawn back into what can be, a time is no further from the truth than it was.
            yield reading, Moment(at, _in_steps(min(within, max(latest - since_ms, 0))))


def _in_steps(within: int) -> int:
    """A bound of more than a day, widened to the next of few steps, each an eighth or less.

    A box away for a month tells a little more with every batch; what it told before is only
    written anew for more than that.
    """
    if within <= DAY:
        return within
    step = 1 << (within.bit_length() - 4)
    return -(-within // step) * step


def _boots(readings: Iterable[Read]) -> Iterator[tuple[UUID, Iterator[Read]]]:
    return groupby(readings, key=lambda reading: reading.boot_id)


def _run(readings: Iterator[Reading], mark: Mark | None, since_ms: int) -> _Run:
    rising = _rising(readings)
    surest, first = next(rising)
    sure_at = last = first
    latest, high = surest.latest_ms, surest.latest_ms - first
    for reading, last in rising:
        latest, high = max(latest, reading.latest_ms), min(high, reading.latest_ms - last)
        if (reading.quality, last) > (surest.quality, sure_at):
            surest, sure_at = reading, last
    if mark:
        start = mark.at_ms - mark.mono_ms
        away = max(abs(mark.mono_ms - first), abs(mark.mono_ms - last))
        wide = mark.within_ms + away // DRIFT
        return _Run(first, last, latest, start - wide, start + wide, start, is_bracketed=True)
    low, start = min(since_ms - first, high), surest.wall_ms - sure_at
    if not low - DAY <= start <= high + DAY:
        return _Run(first, last, latest, low, high, None)
    if tolerance := TOLERANCE.get(min(surest.quality, 3)):
        wide = tolerance + (last - first) // DRIFT
        if start - wide <= high:
            return _Run(first, last, latest, start - wide, start + wide, start, is_bracketed=True)
    return _Run(first, last, latest, low, high, start)


def _rising(readings: Iterable[Read]) -> Iterator[tuple[Read, int]]:
    """Each with its boot's own clock, which never falls.

    What a damaged or a hostile machine says may be anything; time does not run backwards.
    """
    highest = 0
    for reading in readings:
        highest = max(highest, min(reading.mono_ms, LONGEST_UPTIME))
        yield reading, highest


def _narrow(runs: Sequence[_Run], before: Moment | None) -> None:
    """A run begins after the one before it ended, and ends before the next began."""
    earliest = before.at_ms - before.within_ms if before else None
    for run in runs:
        if earliest is not None and run.low < earliest - run.first <= run.high:
            run.low, run.is_bracketed = earliest - run.first, True
        earliest = run.low + run.last if run.is_bracketed else earliest
    for run, after in zip(reversed(runs[:-1]), reversed(runs[1:]), strict=True):
        highest = after.high + after.first - run.last
        if run.low <= highest < run.high:
            run.high = highest


def _starts(runs: Sequence[_Run], floor: int) -> list[int]:
    """Each run's start: its best guess, drawn in as far as bounds and order ask."""
    wanted: list[int] = []
    ceiling: int | None = None  # by which the run must have ended, to leave the next its place
    for run in reversed(runs):
        high = run.high if ceiling is None else min(run.high, max(ceiling - run.last, run.low))
        guess = run.point
        if guess is None:
            guess = (run.low + high) // 2 if run.is_bracketed else high
        start = min(max(guess, run.low), high)
        wanted.append(start)
        ceiling = start + run.first
    starts: list[int] = []
    end = floor
    for run, start in zip(runs, reversed(wanted), strict=True):
        starts.append(max(start, end - run.first))
        end = starts[-1] + run.last
    return starts
