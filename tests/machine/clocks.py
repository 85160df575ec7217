"""The time of the world, and the clocks of its machines, which may show anything."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

START = int(datetime(2026, 6, 1, 8, tzinfo=UTC).timestamp() * 1000)
MINUTE, DAY = 60_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Clock:
    """One machine's: how long it runs, and how far its wall clock is off."""

    boot_id: UUID
    booted_at: int  # ms, of the world's time
    ahead: int = 0  # ms

    def set_ahead(self, ahead: int) -> Clock:
        return replace(self, ahead=ahead)


class Time:
    """Right everywhere, and told to nobody; every look at it takes a millisecond."""

    def __init__(self) -> None:
        self.shown: Clock | None = None  # of the machine that is at work
        self.begins(0, now=START)

    def begins(self, seed: int, *, now: int) -> None:
        """All that is left to chance comes from the seed, so that a run can be repeated."""
        self.now, self.chance = now, random.Random(seed)  # noqa: S311 - no secret

    def passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    def boot(self, *, ahead: int = 0) -> Clock:
        return Clock(UUID(int=self.chance.getrandbits(128), version=4), self.now, ahead)

    def time_ns(self) -> int:
        self.now += 1
        return (self.now + (self.shown.ahead if self.shown else 0)) * 1_000_000

    def clock_gettime_ns(self, _clock: int) -> int:
        return (self.now - (self.shown.booted_at if self.shown else 0)) * 1_000_000

    def datetime(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.time_ns() // 1000)

    def boot_id(self) -> UUID:
        return self.shown.boot_id if self.shown else UUID(int=1)

    def randbits(self, bits: int) -> int:
        return self.chance.getrandbits(bits)
