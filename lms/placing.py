"""Puts facts in time: ``occurred_at`` and how sure it is, from raw clock readings and marks.

Raw readings stay as they came. What is written here is worked out from them and from nothing
else, and ``rebuild_figures`` works it out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from lms.clock import EARLIEST, ClockQuality, read_clock
from lms.models import ClockMark, Device, Epoch, Statement
from lms.moments import HOUR, Mark, Moment, Reading, moments

SETTLED = HOUR // 2
"""A moment this sure is not looked at again."""

CHUNK = 500
_COLUMNS = (
    "id",
    "epoch_id",
    "learner_id",
    "course_id",
    "sequence",
    "boot_id",
    "mono_ms",
    "wall_ms",
    "clock_quality",
    "received_at",
    "occurred_at",
    "occurred_within_ms",
)
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


def place_fresh(epoch: Epoch, fresh: Sequence[Statement]) -> set[Pair]:
    """Set when ``fresh``, about to be stored, happened.

    What they tell of facts before them is written; returns whose figures that may move.
    """
    first = min((row.sequence for row in fresh), default=1)
    return _place(epoch, fresh, before=_last_settled(epoch, below=first))


@transaction.atomic
def place_device(device: Device, *, again: bool = False) -> set[Pair]:
    """The same for facts that are stored: those not settled yet, or ``again`` all of them."""
    moved: set[Pair] = set()
    for epoch in Epoch.objects.filter(device=device).order_by("started_at", "pk"):
        moved |= _place(epoch, (), before=None if again else _last_settled(epoch))
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


def _last_settled(epoch: Epoch, *, below: int | None = None) -> Statement | None:
    settled = epoch.statements.filter(occurred_within_ms__lte=SETTLED)
    if below is not None:
        settled = settled.filter(sequence__lt=below)
    return settled.only(*_COLUMNS).order_by("-sequence").first()


def _place(epoch: Epoch, fresh: Sequence[Statement], *, before: Statement | None) -> set[Pair]:
    held = epoch.statements.filter(sequence__gt=before.sequence if before else 0)
    stored = list(held.only(*_COLUMNS).order_by("sequence"))
    rows = sorted([*stored, *fresh], key=lambda row: row.sequence)
    now = _latest_now(epoch.device)
    found = moments(
        [_reading(row, now) for row in rows],
        marks=_marks(epoch.device_id, {row.boot_id for row in rows}),
        since_ms=as_ms(EARLIEST),
        before=Moment(as_ms(before.occurred_at), before.occurred_within_ms) if before else None,
    )
    changed = [row for row, moment in zip(rows, found, strict=True) if _set(row, moment)]
    kept = {row.pk for row in stored}
    earlier = [row for row in changed if row.pk in kept]
    columns = ("occurred_at", "occurred_within_ms")
    Statement.objects.bulk_update(earlier, columns, batch_size=CHUNK)
    return {(row.learner_id, row.course_id) for row in earlier if row.course_id}


def _latest_now(device: Device) -> int | None:
    """Of this machine's own facts: by when they had happened. None: they came in at a time."""
    if not device.is_self:
        return None
    clock = read_clock()
    if clock.quality >= ClockQuality.CONFIRMED:
        return clock.now_ms + clock.within_ms
    return clock.horizon_ms


def _reading(row: Statement, now: int | None) -> Reading:
    return Reading(
        boot_id=row.boot_id,
        mono_ms=row.mono_ms,
        wall_ms=row.wall_ms,
        quality=row.clock_quality,
        latest_ms=as_ms(row.received_at) if now is None else now,
    )


def _marks(device_id: UUID, boot_ids: Iterable[UUID]) -> dict[UUID, Mark]:
    # Looked for among all of the device: a list of boots may be longer than a query may be.
    rows = ClockMark.objects.filter(device_id=device_id)
    wanted = set(boot_ids)
    return {
        row.boot_id: Mark(row.mono_ms, row.at_ms, row.within_ms)
        for row in rows
        if row.boot_id in wanted
    }


def _set(row: Statement, moment: Moment) -> bool:
    """Whether that changes the row."""
    placed = (as_time(moment.at_ms), moment.within_ms)
    if (row.occurred_at, row.occurred_within_ms) == placed:
        return False
    row.occurred_at, row.occurred_within_ms = placed
    return True
