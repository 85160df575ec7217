"""At a telecentre: when the centre was last heard, and how long ago that is in days of use.

No clock can be trusted here, and whoever holds news back can hold them back for ever. So what is
counted is the time this machine was running since the newest thing the centre signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lms.clock import ClockReading, read_clock
from offline_pack.models import CentreLink, QuietTime, Release
from offline_pack.trust.chain import held_trust

LONG = 90  # days of use without news after which people are warned
NETWORK = "network"
DOCUMENT = "document"  # a pack, or a trust document

_HOUR = 60 * 60 * 1000  # milliseconds
_WHOLE_DAY = 24 * _HOUR  # of a machine that is never switched off
_WORKING_DAY = 4 * _HOUR  # at least, between two starts of one that is
_WRITE_EVERY = _HOUR


@dataclass(frozen=True, slots=True)
class LastHeard:
    """``at`` is by the centre's clock; None when nothing signed by it was ever seen."""

    at: datetime | None
    by: str  # "network", "document", or empty
    days: int  # in use since then

    @property
    def is_long_ago(self) -> bool:
        return self.days >= LONG


def last_heard() -> LastHeard:
    """The newest sign of life of the centre, for screens; changes nothing."""
    at, by = _evidence()
    row = QuietTime.objects.filter(pk=1).first()
    counted = row.days if row and row.heard_at == at else 0
    return LastHeard(at, by, counted)


@transaction.atomic
def count_uptime(clock: ClockReading | None = None) -> None:
    """Add the time this machine has been running; to be called now and then, from one process.

    Writes at most once an hour.
    """
    clock = clock or read_clock()
    row, _created = QuietTime.objects.get_or_create(pk=1)
    at, _by = _evidence()
    is_new_boot = row.boot_id != clock.boot_id
    if row.heard_at == at and not is_new_boot and clock.mono_ms < row.counted_ms + _WRITE_EVERY:
        return
    if row.heard_at != at:
        # Heard at some moment since the last count: begin anew, now.
        row.heard_at, row.days, row.pending_ms = at, 0, 0
    else:
        _add(row, clock.mono_ms - (0 if is_new_boot else row.counted_ms), is_new_boot=is_new_boot)
    row.boot_id, row.counted_ms = clock.boot_id, clock.mono_ms
    row.save()


def _add(row: QuietTime, milliseconds: int, *, is_new_boot: bool) -> None:
    """A day of use is one start followed by some hours, or 24 hours without a start."""
    if is_new_boot and row.pending_ms >= _WORKING_DAY:
        row.days, row.pending_ms = row.days + 1, 0
    row.pending_ms += max(milliseconds, 0)
    row.days += row.pending_ms // _WHOLE_DAY
    row.pending_ms %= _WHOLE_DAY


def newest_signed() -> datetime | None:
    """The newest date the centre has signed: it is later than that."""
    return _evidence()[0]


def _evidence() -> tuple[datetime | None, str]:
    """The newest date the centre has signed, and the way it came."""
    link = CentreLink.objects.current()
    trust = held_trust()
    release = Release.objects.order_by("-released_at").first()
    seen = [
        (link.last_contact_at if link else None, NETWORK),
        (trust.trust.issued_at if trust else None, DOCUMENT),
        (release.released_at if release else None, DOCUMENT),
    ]
    known = [(at, by) for at, by in seen if at is not None]
    return max(known, key=lambda item: item[0], default=(None, ""))
