"""At a telecentre: closed streams of which the centre may hold another story than ours.

It was put back from a copy, and a clone of this machine was the first to tell again: under the
same name, and something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from lms.models import Epoch
from lms.streams import carry_into_new_epoch
from offline_pack.sync.envelope import whole

MARK_CHARS = 16  # of the chain hash: enough to tell stories apart


@dataclass(frozen=True, slots=True)
class Held:
    """What the centre says of one of our streams."""

    stored: int
    mark: str  # how the chain hash after ``stored`` begins; empty: not said

    @classmethod
    def parse(cls, listed: Any) -> dict[UUID, Held]:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        return {
            UUID(item["epoch"]): cls(whole(item["stored"]), str(item.get("h", ""))[:MARK_CHARS])
            for item in listed
        }


def carry_other_stories(held: Mapping[UUID, Held]) -> bool:
    """Whether a stream of as many facts as ours ends otherwise; ours is carried into a new one."""
    others = [
        epoch
        for epoch in _settled(held)
        if held[epoch.pk].stored == epoch.last_sequence
        and not bytes(epoch.last_hash).hex().startswith(held[epoch.pk].mark)
    ]
    for epoch in others:
        carry_into_new_epoch(epoch, after=0)
    return bool(others)


def longer_streams(held: Mapping[UUID, Held]) -> list[Epoch]:
    """Those the centre holds more of: another copy of this machine went on, or told otherwise."""
    return [epoch for epoch in _settled(held) if held[epoch.pk].stored > epoch.last_sequence]


def _settled(held: Mapping[UUID, Held]) -> list[Epoch]:
    """The open stream is not among them: what it tells next shows whether it fits."""
    closed = Epoch.objects.filter(device__is_self=True, pk__in=held).exclude(closed_at=None)
    return list(
        closed.filter(last_sequence__gt=0, acknowledged=F("last_sequence")).order_by("started_at")
    )
