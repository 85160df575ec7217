"""What this machine remembers of the time when its power is cut: one small file.

It is read by every process and written by few: every ten minutes, and when the time is learned.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from courses.conf import data_folder

NAME = "clock.json"


@dataclass(frozen=True, slots=True)
class ClockFix:
    """A time learned in one boot: at ``mono_ms`` it was ``at_ms``."""

    boot_id: UUID
    mono_ms: int
    at_ms: int
    within_ms: int
    quality: int  # lms.clock.ClockQuality
    by: str = ""  # the person who said it


@dataclass(frozen=True, slots=True)
class ClockMemory:
    """``saved_ms`` was surely past at ``saved_mono`` of the boot ``saved_boot``."""

    saved_ms: int = 0
    saved_boot: UUID | None = None
    saved_mono: int = 0
    fix: ClockFix | None = None


_read: tuple[tuple[object, ...], ClockMemory] | None = None


def load_memory() -> ClockMemory:
    """An empty one when there is none, or it cannot be read."""
    global _read  # noqa: PLW0603 - read again only when the file changes
    path = memory_path()
    try:
        found = path.stat()
    except OSError:
        return ClockMemory()
    stamp = (path, found.st_mtime_ns, found.st_size, found.st_ino)
    if _read is None or _read[0] != stamp:
        _read = (stamp, _parsed(path))
    return _read[1]


def store_memory(memory: ClockMemory) -> None:
    """The file is the old one or the new one, whenever the power is cut."""
    path = memory_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            json.dump(asdict(memory), opened, default=str)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def memory_path() -> Path:
    return data_folder() / NAME


def _parsed(path: Path) -> ClockMemory:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        fix, boot = document["fix"], document["saved_boot"]
        return ClockMemory(
            saved_ms=int(document["saved_ms"]),
            saved_boot=UUID(boot) if boot else None,
            saved_mono=int(document["saved_mono"]),
            fix=ClockFix(**(fix | {"boot_id": UUID(fix["boot_id"])})) if fix else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ClockMemory()
