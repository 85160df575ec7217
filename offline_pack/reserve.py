"""Room that is nobody's but the learners': their answers are written whatever else fills the disk.

Packs may not take the last ``YELEN_RESERVE_BYTES``. Something else may (logs, another programme),
so ``<data>/reserve`` holds some room that is given up when the disk is truly full. While the file
is missing, the manager is told.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from django.db import DatabaseError

from offline_pack.conf import ballast_bytes, data_folder, reserve_bytes
from offline_pack.errors import NotEnoughSpaceError
from offline_pack.store.collecting import reclaimable_bytes
from offline_pack.words.explain import Explanation, explain

logger = logging.getLogger(__name__)

# SQLite's words for SQLITE_FULL, and for what a full disk does to its shared memory.
_FULL = ("disk is full", "disk I/O error", "No space left")


def check_reserve(size: int, *, folder: Path) -> None:
    """Raise ``NotEnoughSpaceError`` if writing ``size`` bytes there would touch the reserve."""
    free = shutil.disk_usage(folder).free
    if size + reserve_bytes() > free:
        raise NotEnoughSpaceError(
            needed=size + reserve_bytes(), free=free, reclaimable=reclaimable_bytes()
        )


def disk_warning() -> Explanation | None:
    """For screens: the disk is full, and what to do about it."""
    return explain("DiskFull", {"free": free_bytes()}) if is_disk_full() else None


def is_disk_full() -> bool:
    """Whether the ballast had to be given up, and there is no room to take it back."""
    return not _is_whole() and free_bytes() < _room_to_take_back()


def keep_ballast() -> bool:
    """Give the ballast up when the disk is full, take it back when there is room; is it there?"""
    if has_no_room():
        give_ballast_back()
    elif not _is_whole() and free_bytes() >= _room_to_take_back():
        _take_ballast()
    return ballast_path().exists()


def give_ballast_if_full() -> None:
    """Cheap enough to ask before every request."""
    if has_no_room():
        give_ballast_back()


def has_no_room() -> bool:
    return free_bytes() < least_bytes()


def give_ballast_back() -> bool:
    """Delete the ballast; False when that was done before."""
    try:
        ballast_path().unlink()
    except FileNotFoundError:
        return False
    logger.error("the disk is full: the room kept for learners is given up")
    return True


def is_full_error(error: BaseException) -> bool:
    """Whether the database could not write for want of room."""
    return isinstance(error, DatabaseError) and any(words in str(error) for words in _FULL)


def ballast_path() -> Path:
    return data_folder() / "reserve"


def free_bytes() -> int:
    """On the disk of the database."""
    disk = os.statvfs(data_folder())
    return disk.f_bavail * disk.f_frsize


def least_bytes() -> int:
    """Below this the disk counts as full."""
    return ballast_bytes() // 4


def _room_to_take_back() -> int:
    return 2 * ballast_bytes()


def _is_whole() -> bool:
    try:
        return ballast_path().stat().st_size >= ballast_bytes()
    except OSError:
        return False


def _take_ballast() -> None:
    """Real blocks, not a hole; a file half made is made anew next time."""
    try:
        with ballast_path().open("wb") as opened:
            os.posix_fallocate(opened.fileno(), 0, ballast_bytes())
    except OSError as error:
        logger.warning("no room could be kept for learners: %s", error)
        ballast_path().unlink(missing_ok=True)
