"""Identifiers made where a thing is born: UUID version 7, whose order never trusts the clock."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0


def new_id() -> UUID:
    """A new UUIDv7; its time part never runs backwards within a process.

    Source: RFC 9562, 5.7. Uniqueness rests on 74 random bits, not on the time.
    """
    global _last_ms  # noqa: PLW0603 - one clock a process
    with _lock:
        _last_ms = max(_last_ms, time.time_ns() // 1_000_000, 0)
        milliseconds = _last_ms & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))
