"""When facts happened, worked out from what clocks said. Plain Python, the same everywhere.

The facts of one stream come in the order they were made, and that order is never changed. A
boot's own clock runs evenly, so that one true time (a ``Mark``) tells all times of that boot. A
boot without one lies between the boots before and after it; a wall clock that fits is believed
as the best guess, and the bounds still tell how far the truth may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
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

    monos: list[int]  # never falling
    walls: list[int]
    low: int
    high: int
    point: int | None  # the best guess of that time; None: nothing says it
    is_bracketed: bool = False  # something in the stream happened before, at a known time

    @property
    def first(self) -> int:
        return self.monos[0]

    @property
    def last(self) -> int:
        return self.monos[-1]


def moments(
    readings: Sequence[Reading],
    *,
    marks: Mapping[UUID, Mark],
    since_ms: int,
    before: Moment | None = None,
) -> list[Moment]:
    """One for each reading, in the same order, and never running backwards.

    Nothing happened before ``since_ms``. ``before`` is the moment of the fact before the first.
    """
    runs = [
        _run(list(group), marks.get(boot_id), since_ms)
        for boot_id, group in groupby(readings, key=lambda reading: reading.boot_id)
    ]
    _narrow(runs, before)
    latest = max((reading.latest_ms for reading in readings), default=since_ms)
    floor = max(since_ms, before.at_ms) if before else since_ms
    placed: list[Moment] = []
    for run, start in zip(runs, _starts(runs, floor), strict=True):
        within = max(start - run.low, run.high - start, 0)
        for mono, wall in zip(run.monos, run.walls, strict=True):
            at = wall if abs(wall - start - mono) < FLUTTER else start + mono
            at = floor = min(max(at, floor), max(latest, floor))
            # Drawn back into what can be, a time is no further from the truth than it was.
            placed.append(Moment(at, min(within, max(latest - since_ms, 0))))
    return placed


def _run(readings: list[Reading], mark: Mark | None, since_ms: int) -> _Run:
    monos = _rising(reading.mono_ms for reading in readings)
    walls = [reading.wall_ms for reading in readings]
    if mark:
        start = mark.at_ms - mark.mono_ms
        away = max(abs(mark.mono_ms - monos[0]), abs(mark.mono_ms - monos[-1]))
        wide = mark.within_ms + away // DRIFT
        return _Run(monos, walls, start - wide, start + wide, start, is_bracketed=True)
    high = min(reading.latest_ms - mono for reading, mono in zip(readings, monos, strict=True))
    low = min(since_ms - monos[0], high)
    reading, mono = max(
        zip(readings, monos, strict=True), key=lambda pair: (pair[0].quality, pair[1])
    )
    start = reading.wall_ms - mono
    if not low - DAY <= start <= high + DAY:
        return _Run(monos, walls, low, high, None)
    if tolerance := TOLERANCE.get(min(reading.quality, 3)):
        wide = tolerance + (monos[-1] - monos[0]) // DRIFT
        if start - wide <= high:
            return _Run(monos, walls, start - wide, start + wide, start, is_bracketed=True)
    return _Run(monos, walls, low, high, start)


def _rising(monos: Iterable[int]) -> list[int]:
    """What a damaged or a hostile machine says may be anything; time does not run backwards."""
    rising, highest = [], 0
    for mono in monos:
        highest = max(highest, min(mono, LONGEST_UPTIME))
        rising.append(highest)
    return rising


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
