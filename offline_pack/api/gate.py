"""How many batches the centre takes at once; the others are asked to come back.

SQLite has one writer, and a waitress thread that waits for it serves no learner meanwhile. When a
power cut or a broken link ends, hundreds of telecentres return in one minute: most are turned away
in a few milliseconds, each with another time to return, and nothing is lost.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from offline_pack.conf import sync_at_once, sync_retry_seconds

WINDOW = 60.0  # seconds over which those turned away are counted
LONGEST = 900  # seconds anybody is asked to wait
_FIRST_GUESS = 0.2  # seconds a batch takes
_SMOOTHING = 0.1


class Gate:
    """One for each process: a site with several lets in so many in each of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._seconds = _FIRST_GUESS  # that a batch takes, lately
        self._turned_away: deque[float] = deque(maxlen=10_000)

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Whether there was room; what is inside leaves at the end of the block."""
        if not self._enter():
            yield False
            return
        began = time.monotonic()
        try:
            yield True
        finally:
            self._leave(time.monotonic() - began)

    def retry_after(self) -> int:
        """Seconds: spread by chance over the time that all who were turned away will need."""
        least = sync_retry_seconds()
        with self._lock:
            now = time.monotonic()
            while self._turned_away and self._turned_away[0] < now - WINDOW:
                self._turned_away.popleft()
            self._turned_away.append(now)
            needed = len(self._turned_away) * self._seconds / max(sync_at_once(), 1)
        spread = max(2 * needed, least)
        return min(round(least + random.random() * spread), LONGEST)  # noqa: S311 - no secret

    def _enter(self) -> bool:
        with self._lock:
            if self._inside >= sync_at_once():
                return False
            self._inside += 1
            return True

    def _leave(self, seconds: float) -> None:
        with self._lock:
            self._inside -= 1
            self._seconds += _SMOOTHING * (seconds - self._seconds)


gate = Gate()
