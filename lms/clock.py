"""Clock evidence: what this machine's clocks say, written down raw with each fact.

A telecentre has no battery clock: after a power cut its date may be anything. Order comes from
sequence numbers; these readings let the centre work out when a fact happened.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from lms.conf import clock_quality

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this software: a date earlier than that is a clock that has lost its time."""

AHEAD = timedelta(days=1)
"""How far a clock may be ahead of this one and still be believed."""


class ClockQuality(IntEnum):
    """How far the wall clock can be trusted (docs/reference/sync-protocol.md)."""

    UNKNOWN = 0
    RESTORED = 1  # a saved time, put back at boot
    CONFIRMED = 2  # a person said so this boot
    SYNCHRONISED = 3  # network time, or the centre's signed time, this boot


@dataclass(frozen=True, slots=True)
class ClockReading:
    wall_ms: int  # milliseconds since 1970, as the machine believes
    boot_id: UUID
    mono_ms: int  # milliseconds since this boot
    quality: ClockQuality

    @property
    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.wall_ms / 1000, tz=UTC)


def plausible_time(wall_ms: int, *, received: datetime) -> datetime:
    """When a fact happened, as far as its wall clock can be believed; else when it came in."""
    earliest, latest = EARLIEST.timestamp() * 1000, (received + AHEAD).timestamp() * 1000
    if earliest <= wall_ms <= latest:
        return datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
    return received


def read_clock() -> ClockReading:
    return ClockReading(
        wall_ms=time.time_ns() // 1_000_000,
        boot_id=boot_id(),
        mono_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
        quality=ClockQuality(clock_quality()),
    )


@cache
def boot_id() -> UUID:
    """The kernel's name for this boot; where there is none, one for this process."""
    try:
        return UUID(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    except (OSError, ValueError):
        return uuid4()
