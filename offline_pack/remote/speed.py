"""When a line is so slow that another connection is the better bet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Floor:
    """At least so many bytes in so many seconds; the slowest 2G brings ten times that."""

    bytes: int = 4 * 1024
    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic

    def watch(self) -> Watch:
        return Watch(self)


class Watch:
    """One answer, as it comes."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._since, self._bytes = floor.clock(), 0

    def is_kept(self, more: int) -> bool:
        """Whether the floor is kept, now that ``more`` bytes have come."""
        self._bytes += more
        now = self._floor.clock()
        if now - self._since < self._floor.seconds:
            return True
        is_kept = self._bytes >= self._floor.bytes
        self._since, self._bytes = now, 0
        return is_kept
