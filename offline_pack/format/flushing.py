"""Have the disk write a file that is still growing."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from offline_pack.format.closing import Closing

FLUSH_EVERY = 32 * 1024 * 1024  # bytes; at most twice as many wait for the disk


class Flusher(Closing):
    """Starts the disk early: at the end little is left to wait for, and progress is no dream.

    A stick takes minutes for what the system takes into its memory at once.
    """

    def __init__(self, handle: int) -> None:
        self._handle, self._waiting = handle, 0
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._flushing: Future[None] | None = None

    def close(self) -> None:
        self._disk.shutdown()

    def added(self, size: int) -> None:
        """Bytes were written; raises ``OSError`` when the disk did not take those before."""
        self._waiting += size
        if self._waiting >= FLUSH_EVERY:
            self._finish()
            self._waiting = 0
            self._flushing = self._disk.submit(os.fdatasync, self._handle)

    def flush(self) -> None:
        """Wait until all of it is on the disk; raises ``OSError``."""
        self._finish()
        os.fsync(self._handle)

    def _finish(self) -> None:
        if self._flushing:
            self._flushing.result()  # the system tells of a failure once, to whoever asks first
