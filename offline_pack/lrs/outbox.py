"""What the LRS does not have yet. The statements are the outbox; a cursor a stream says how far.

A fact is in the outbox from the transaction on that stores it: a stream grows without gaps, under
its lock, so its cursor passes nothing by. A fact that comes late into a place the cursor may have
passed is a straggler, written down in that same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from lms.models import Epoch, Statement
from offline_pack.models import LrsCursor, LrsState, LrsStraggler

TOGETHER = 100
"""Statements at most that are read, told and sent at once."""

_BEHIND = Coalesce(F("lrs_cursor__sequence"), 0)


@dataclass(frozen=True, slots=True)
class Portion:
    """Facts to be sent together: the next of one stream, or stragglers."""

    rows: tuple[Statement, ...]
    epoch_id: UUID | None = None
    after: int = 0  # where the stream's cursor stands
    up_to: int = 0  # and where it is to go


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that the LRS will not have."""

    id: UUID
    status: int
    words: str


def next_portion(*, most: int = TOGETHER) -> Portion | None:
    """The next facts to send; None when the LRS has all."""
    return _of_a_stream(most) or _stragglers(most)


def account_for(portion: Portion, refused: Sequence[Refused] = ()) -> None:
    """The LRS holds these now, but for those refused."""
    now, gone = timezone.now(), {item.id for item in refused}
    with transaction.atomic():
        LrsStraggler.objects.filter(pk__in=[row.pk for row in portion.rows]).delete()
        there = set(Statement.objects.filter(pk__in=gone).values_list("pk", flat=True))
        LrsStraggler.objects.bulk_create(
            [
                LrsStraggler(
                    statement_id=item.id, refused_at=now, status=item.status, words=item.words
                )
                for item in refused
                if item.id in there  # and not taken out meanwhile
            ],
            ignore_conflicts=True,
        )
        if portion.epoch_id:
            _advance(portion.epoch_id, after=portion.after, up_to=portion.up_to)


def note_late(ids: Collection[UUID]) -> None:
    """These became statements in places passed over before; call it in their transaction."""
    LrsStraggler.objects.bulk_create(
        [LrsStraggler(statement_id=pk) for pk in ids], ignore_conflicts=True
    )


def try_refused_again() -> int:
    """Send once more what the LRS refused; returns how many."""
    return LrsStraggler.objects.refused().update(refused_at=None, status=0, words="")


@transaction.atomic
def begin_anew() -> None:
    """Send all from the first fact on: to another LRS, or one that lost what it had."""
    LrsCursor.objects.all().delete()
    LrsStraggler.objects.all().delete()
    LrsState.objects.filter(pk=1).update(sent=0)


def waiting_statements() -> int:
    """How many facts are still to be sent; those set aside in their streams are counted too."""
    behind = Epoch.objects.aggregate(facts=Sum(F("last_sequence") - _BEHIND))["facts"] or 0
    return int(behind) + LrsStraggler.objects.waiting().count()


def _of_a_stream(most: int) -> Portion | None:
    while True:
        epoch = (
            Epoch.objects.annotate(behind=_BEHIND)
            .filter(last_sequence__gt=F("behind"))
            .order_by("pk")
            .first()
        )
        if epoch is None:
            return None
        after, last = epoch.behind, epoch.last_sequence
        stream = Statement.objects.of_epoch(epoch.pk)
        rows = tuple(stream.filter(sequence__gt=after, sequence__lte=last)[:most])
        up_to = rows[-1].sequence if len(rows) == most else last
        portion = Portion(rows, epoch_id=epoch.pk, after=after, up_to=up_to)
        if rows:
            return portion
        account_for(portion)  # nothing there but places passed over


def _stragglers(most: int) -> Portion | None:
    # One that the cursor has not come to yet is the cursor's.
    passed = Statement.objects.filter(
        lrs_straggler__isnull=False,
        lrs_straggler__refused_at=None,
        sequence__lte=F("epoch__lrs_cursor__sequence"),
    )
    rows = tuple(passed.order_by("pk")[:most])
    return Portion(rows) if rows else None


def _advance(epoch_id: UUID, *, after: int, up_to: int) -> None:
    """Forwards only: another machine of the centre may have been at it too."""
    LrsCursor.objects.get_or_create(epoch_id=epoch_id, defaults={"sequence": after})
    LrsCursor.objects.filter(epoch_id=epoch_id, sequence__lt=up_to).update(sequence=up_to)


def refused_statements(limit: int) -> Iterable[LrsStraggler]:
    """The latest, with what the LRS said."""
    return LrsStraggler.objects.refused().select_related("statement")[:limit]
