"""Read a file of the store to its end, as the disk holds it, in nobody's way."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHUNK = 256 * 1024  # bytes
_LOWEST = 19  # nice; the disk's queue follows it


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a file gave."""

    sha256: str
    size: int  # bytes


def quiet_reader() -> ThreadPoolExecutor:
    """One thread of the lowest priority; Linux knows priorities by thread."""
    return ThreadPoolExecutor(1, "quiet-reader", initializer=_step_back)


def read_from_disk(path: Path) -> Read:
    """Raises ``OSError``, ``EIO`` above all."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as opened:
        _forget_cached(opened.fileno())
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        _forget_cached(opened.fileno())
    return Read(digest.hexdigest(), size)


def _step_back() -> None:
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)


def _forget_cached(handle: int) -> None:
    """Ask the disk itself, not the memory of an earlier read; and leave no trace in memory."""
    advise: Callable[..., None] | None = getattr(os, "posix_fadvise", None)
    if advise:
        with suppress(OSError):
            advise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
