"""Puts facts in time: ``occurred_at`` and how sure it is, from raw clock readings and marks.

Raw readings stay as they came. What is written here is worked out from them and from nothing
else, and ``rebuild_figures`` works it out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lms.clock import EARLIEST, ClockQuality, read_clock
from lms.many_rows import update_rows
from lms.models import ClockMark, Device, Epoch, Statement
from lms.moments import HOUR, Mark, Moment, Reading, moments

SETTLED = HOUR // 2
"""A moment this sure is not looked at again."""

CHUNK = 500
_READ = ("boot_id", "mono_ms", "wall_ms", "clock_quality", "received_at")
_HELD = ("sequence", "occurred_at", "occurred_within_ms")
_CLOCK = ("boot_id", *_HELD)
_WHOSE = ("sequence", "learner_id", "course_id")
_COLUMNS = (*_READ, *_HELD)  # in the order of the fields of what is placed
_RECEIVED = len(_READ)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)

Pair = tuple[UUID, UUID]
"""A learner's id and a course's, whose figures may move."""


def note_mark(device: Device, *, boot_id: UUID, mark: Mark) -> bool:
    """Keep the first true time met in a boot; whether this one is it."""
    _row, created = ClockMark.objects.get_or_create(
        device=device,
        boot_id=boot_id,
        defaults={
            "mono_ms": mark.mono_ms,
            "at_ms": mark.at_ms,
            "within_ms": mark.within_ms,
        },
    )
    return created


def place_fresh(epoch: Epoch, fresh: Sequence[Statement], *, more: bool = False) -> set[Pair]:
    """Set when ``fresh``, about to be stored, happened.

    What they tell of facts before them is written; returns whose figures that may move. With
    ``more`` to come at once nothing before them is looked at: the last of them tells it all.
    The caller saves ``epoch.placed``.
    """
    first = min((row.sequence for row in fresh), default=1)
    if more:
        told = epoch.statements.only(*_CLOCK).order_by("-sequence")
        before = told.filter(sequence__lt=first).first()
        return _write(epoch, _changed(_found(epoch, fresh, before=before)))
    moved = _place(epoch, fresh, since=min(first, epoch.placed + 1))
    epoch.placed = max(epoch.last_sequence, *(row.sequence for row in fresh))
    return moved


@transaction.atomic
def place_device(device: Device, *, again: bool = False) -> set[Pair]:
    """The same for facts that are stored, when more is known of times; ``again`` for all."""
    moved: set[Pair] = set()
    for epoch in Epoch.objects.filter(device=device).order_by("started_at", "pk"):
        moved |= _place(epoch, (), since=1 if again else epoch.placed + 1)
        if epoch.placed != epoch.last_sequence:
            epoch.placed = epoch.last_sequence
            epoch.save(update_fields=["placed"])
    return moved


def place_all() -> set[Pair]:
    """Work every moment out again."""
    moved: set[Pair] = set()
    for device in Device.objects.all():
        moved |= place_device(device, again=True)
    return moved


def as_ms(moment: datetime) -> int:
    return (moment - _FIRST) // timedelta(milliseconds=1)


def as_time(milliseconds: int) -> datetime:
    return _FIRST + timedelta(milliseconds=milliseconds)


@dataclass(frozen=True, slots=True)
class _Placed(Reading):
    """What a fact says of clocks, and when it is held to have happened."""

    sequence: int
    occurred_at: datetime
    occurred_within_ms: int
    fresh: Statement | None = None  # about to be stored


Change = tuple[_Placed, tuple[datetime, int]]
"""A stored fact, and when it is held to have happened from now on."""


@dataclass(frozen=True, slots=True)
class _Story:
    """The facts of an epoch above a place, those about to be stored among them, in order."""

    epoch: Epoch
    above: int
    fresh: Sequence[Statement]
    now: int | None  # of this machine's own facts: by when they had happened

    def __iter__(self) -> Iterator[_Placed]:
        return merge(self._stored(), self._fresh(), key=attrgetter("sequence"))

    def _stored(self) -> Iterator[_Placed]:
        """Some at a time, so that they may be changed meanwhile."""
        above, rows = self.above, self.epoch.statements.order_by("sequence")
        while some := list(rows.filter(sequence__gt=above).values_list(*_COLUMNS)[:CHUNK]):
            yield from map(self._placed, some)
            above = some[-1][_RECEIVED]

    def _fresh(self) -> Iterator[_Placed]:
        values_of = attrgetter(*_COLUMNS)
        return (self._placed(values_of(row), fresh=row) for row in self.fresh)

    def _placed(self, columns: tuple[Any, ...], *, fresh: Statement | None = None) -> _Placed:
        *clocks, received_at = columns[:_RECEIVED]
        latest_ms = as_ms(received_at) if self.now is None else self.now
        read: Callable[..., _Placed] = _Placed
        return read(*clocks, latest_ms, *columns[_RECEIVED:], fresh)


def _place(epoch: Epoch, fresh: Sequence[Statement], *, since: int) -> set[Pair]:
    """Place what was not looked at yet, and before it what that moves.

    We go back boot by boot, in ever longer strides, to one that stays where it is: those before
    it do too. (Their bounds may then be wider than they had to be, never too narrow.)
    """
    stride = CHUNK
    while True:
        witness, before = _back(epoch, since)
        changed = _changed(_found(epoch, fresh, before=before))
        earliest = next(changed, None)
        if earliest is None:
            return set()
        is_reached = witness is not None and earliest[0].boot_id == witness.boot_id
        if before is None or before.occurred_within_ms <= SETTLED or not is_reached:
            return _write(epoch, chain([earliest], changed))
        since, stride = before.sequence - stride, stride * 4


def _back(epoch: Epoch, since: int) -> tuple[Statement | None, Statement | None]:
    """The last fact before ``since``, and the last before its boot or a settled one after it."""
    rows = epoch.statements.only(*_CLOCK).order_by("-sequence")
    witness = rows.filter(sequence__lt=since).first()
    if witness is None:
        return None, None
    before = rows.filter(sequence__lt=witness.sequence).exclude(boot_id=witness.boot_id).first()
    within = Q(sequence__lt=since, sequence__gt=before.sequence if before else 0)
    settled = rows.filter(within, occurred_within_ms__lte=SETTLED).first()
    return witness, settled or before


def _found(
    epoch: Epoch, fresh: Sequence[Statement], *, before: Statement | None
) -> Iterator[tuple[_Placed, Moment]]:
    return moments(
        _Story(epoch, before.sequence if before else 0, fresh, _latest_now(epoch.device)),
        marks=_marks(epoch.device_id),
        since_ms=as_ms(EARLIEST),
        before=Moment(as_ms(before.occurred_at), before.occurred_within_ms) if before else None,
    )


def _changed(found: Iterable[tuple[_Placed, Moment]]) -> Iterator[Change]:
    """Sets the fresh facts; gives those stored that are to be written."""
    for fact, moment in found:
        told = as_time(moment.at_ms), moment.within_ms
        if fact.fresh is not None:
            fact.fresh.occurred_at, fact.fresh.occurred_within_ms = told
        elif told != (fact.occurred_at, fact.occurred_within_ms):
            yield fact, told


def _write(epoch: Epoch, changed: Iterator[Change]) -> set[Pair]:
    moved = set[Pair]()
    while some := {fact.sequence: told for fact, told in islice(changed, CHUNK)}:
        rows = list(epoch.statements.filter(sequence__in=some).only(*_WHOSE))
        for row in rows:
            row.occurred_at, row.occurred_within_ms = some[row.sequence]
        update_rows(rows, values=("occurred_at", "occurred_within_ms"))
        moved |= {(row.learner_id, row.course_id) for row in rows if row.course_id}
    return moved


def _latest_now(device: Device) -> int | None:
    """Of this machine's own facts: by when they had happened. None: they came in at a time."""
    if not device.is_self:
        return None
    clock = read_clock()
    if clock.quality >= ClockQuality.CONFIRMED:
        return clock.now_ms + clock.within_ms
    return clock.horizon_ms


def _marks(device_id: UUID) -> dict[UUID, Mark]:
    rows = ClockMark.objects.filter(device_id=device_id)
    return {row.boot_id: Mark(row.mono_ms, row.at_ms, row.within_ms) for row in rows}
