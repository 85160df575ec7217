"""Clock evidence: what this machine's clocks say, and how far that can be believed.

A telecentre has no battery clock: after a power cut its date may be anything. Order comes from
sequence numbers; these readings let ``lms.placing`` work out when a fact happened.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from lms.clock_file import ClockFix, ClockMemory, load_memory, store_memory
from lms.conf import clock_quality
from lms.errors import ClockTimeError
from lms.moments import HOUR, MINUTE

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this software: nothing it recorded happened earlier."""

BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No copy of this version is older: a clock that shows less has lost its time."""

ABSURD = timedelta(days=3653)
"""A clock further than this above the floor shows no time at all."""


class ClockQuality(IntEnum):
    """How far the wall clock can be trusted (docs/reference/sync-protocol.md)."""

    UNKNOWN = 0
    RESTORED = 1  # a saved time, put back at boot
    CONFIRMED = 2  # a person said so this boot
    SYNCHRONISED = 3  # network time, or the centre's signed time, this boot


@dataclass(frozen=True, slots=True)
class ClockReading:
    wall_ms: int  # milliseconds since 1970: raw, or as learned in this boot
    boot_id: UUID
    mono_ms: int  # milliseconds since this boot
    quality: ClockQuality
    floor_ms: int = 0  # it is surely later than this

    @property
    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.wall_ms / 1000, tz=UTC)

    @property
    def now_ms(self) -> int:
        """The time to go by: never below the floor."""
        is_known = self.quality >= ClockQuality.RESTORED
        return max(self.wall_ms, self.floor_ms) if is_known else self.floor_ms

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms / 1000, tz=UTC)

    @property
    def horizon_ms(self) -> int:
        """It is surely earlier than this."""
        return self.floor_ms + ABSURD // timedelta(milliseconds=1)

    @property
    def within_ms(self) -> int:
        """The truth is not further from ``now_ms``."""
        tolerance = {ClockQuality.CONFIRMED: HOUR, ClockQuality.SYNCHRONISED: MINUTE}
        known = tolerance.get(self.quality)
        return self.horizon_ms - self.floor_ms if known is None else known


def read_clock() -> ClockReading:
    raw_ms, mono_ms = time.time_ns() // 1_000_000, uptime_ms()
    boot, memory = boot_id(), load_memory()
    floor = _floor_ms(memory, boot, mono_ms)
    quality = ClockQuality(clock_quality())
    fix = memory.fix if memory.fix and memory.fix.boot_id == boot else None
    if fix and fix.quality > quality:
        learned = fix.at_ms + mono_ms - fix.mono_ms
        return ClockReading(learned, boot, mono_ms, ClockQuality(fix.quality), floor)
    reading = ClockReading(raw_ms, boot, mono_ms, quality, floor)
    if quality == ClockQuality.SYNCHRONISED:
        return reading
    if not floor <= raw_ms <= reading.horizon_ms:
        return replace(reading, quality=ClockQuality.UNKNOWN)
    return replace(reading, quality=max(quality, ClockQuality.RESTORED))


def confirm_time(at: datetime, *, by: str) -> ClockReading:
    """A person says what time it is: believed for this boot, within bounds.

    Raises ``ClockTimeError``. What the network said in this boot is not given up for it.
    """
    clock, at_ms = read_clock(), int(at.timestamp() * 1000)
    # A person's watch may be behind a signed time by as much as it may be wrong at all.
    if not clock.floor_ms - HOUR <= at_ms <= clock.horizon_ms:
        raise ClockTimeError(at, floor=datetime.fromtimestamp(clock.floor_ms / 1000, tz=UTC))
    fix = ClockFix(
        clock.boot_id, clock.mono_ms, at_ms, HOUR, int(ClockQuality.CONFIRMED), by[:150]
    )
    memory = load_memory()
    held = memory.fix
    is_known = held and held.boot_id == fix.boot_id and held.quality > fix.quality
    if not is_known:
        store_memory(replace(memory, fix=fix))
    return read_clock()


def learn_time(at_ms: int, *, asked_ms: int, answered_ms: int) -> ClockFix:
    """The centre signed a time, asked and answered at these times of this boot's own clock."""
    boot = boot_id()
    half = (answered_ms - asked_ms + 1) // 2
    fix = ClockFix(
        boot, asked_ms + half, at_ms, half + 1000, int(ClockQuality.SYNCHRONISED), "centre"
    )
    earlier = at_ms - fix.within_ms
    # Also downwards: what was saved may rest on a clock that was set wrongly.
    store_memory(ClockMemory(earlier, boot, fix.mono_ms, fix))
    return fix


def save_time(*, signed: datetime | None = None) -> None:
    """Remember how late it is at least; ``signed`` is the newest date the centre has signed."""
    clock, memory = read_clock(), load_memory()
    late = max(clock.floor_ms, int(signed.timestamp() * 1000) if signed else 0)
    if clock.quality == ClockQuality.SYNCHRONISED:
        late = max(late, clock.wall_ms - clock.within_ms)
    store_memory(
        replace(memory, saved_ms=late, saved_boot=clock.boot_id, saved_mono=clock.mono_ms)
    )


def _floor_ms(memory: ClockMemory, boot: UUID, mono_ms: int) -> int:
    saved = memory.saved_ms
    if memory.saved_boot == boot:
        saved += max(mono_ms - memory.saved_mono, 0)
    return max(int(BUILT.timestamp() * 1000), saved)


def uptime_ms() -> int:
    """Milliseconds since this boot, sleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


@cache
def boot_id() -> UUID:
    """The kernel's name for this boot; where there is none, one for this process."""
    try:
        return UUID(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    except (OSError, ValueError):
        return uuid4()
