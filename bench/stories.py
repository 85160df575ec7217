"""A telecentre's months in minutes: the ordinary recording, under clocks that are made up.

A fact every few seconds, six hours a day, a boot a day, no network: as on a small box without a
battery clock, whose date lags by every night. Recorded at full speed instead, facts would differ
by less in their clocks and ids than they really do, and weigh less on the wire.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

BETWEEN = 4.0  # seconds from one fact to the next, on average
DAY = 6 * 3600 * 10**9  # nanoseconds the box is on
UP = 60 * 10**9  # nanoseconds from a boot to its first fact
SEED = 1


@dataclass
class Clocks:
    """In the place of the module ``time``: time passes once the boot's own clock was read.

    Both clocks are one quartz, as in a machine: read together, they never disagree.
    """

    now: int  # nanoseconds since 1970
    chance: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - no secret
    up: int = UP
    boot: UUID = field(init=False)
    CLOCK_BOOTTIME: int = time.CLOCK_BOOTTIME

    def __post_init__(self) -> None:
        self._boot()

    def time_ns(self) -> int:
        return self.now

    def clock_gettime_ns(self, _clock: int) -> int:
        if self.up > DAY:
            self._boot()
        up, passed = self.up, int(self.chance.expovariate(1 / BETWEEN) * 10**9)
        self.now, self.up = self.now + passed, up + passed
        return up

    def boot_id(self) -> UUID:
        return self.boot

    def _boot(self) -> None:
        self.up, self.boot = UP, UUID(int=self.chance.getrandbits(128), version=4)


def record(learners: str, statements: str) -> dict[str, Any]:
    """Inside a telecentre: so many statements of so many learners, the last one just now."""
    from courses.models import Course
    from lms.demo_activity import record_activity
    from lms.models import Telecentre

    clocks = Clocks(time.time_ns() - int(int(statements) * BETWEEN * 1.1 * 10**9))
    with (
        patch("lms.clock.time", clocks),
        patch("lms.clock.boot_id", clocks.boot_id),
        patch("lms.identifiers.time", clocks),
    ):
        recorded = record_activity(
            Course.objects.current()[0],
            telecentre=Telecentre.objects.all()[0],
            learners=int(learners),
            statements=int(statements),
            seed=SEED,
        )
    return {"recorded": recorded, "cpu": time.process_time()}
