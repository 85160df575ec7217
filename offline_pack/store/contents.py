"""What the blob store has and lacks, and whether there is room for more.

A name in the store always has its data (``taking`` sees to that), and whether a blob is there is
asked of the file system, never of the database.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from courses.blobs import blob_path
from courses.conf import blob_folder
from courses.outline import BlobRef
from offline_pack.conf import reserve_bytes
from offline_pack.errors import NotEnoughFilesError, NotEnoughSpaceError
from offline_pack.format.manifest import BlobEntry, Manifest
from offline_pack.store.collecting import reclaimable_bytes

SPARE_FILES = 1000  # inodes
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Room:
    """What an import needs and what the disk has; bytes, and files (inodes)."""

    needed: int
    free: int
    files_needed: int
    files_free: int | None  # None: this file system does not count them


def missing_blobs(manifest: Manifest, *, without: Collection[str] = ()) -> tuple[BlobEntry, ...]:
    """The blobs of a pack that are not in the store, or there with a wrong size.

    Those that only groups in ``without`` need are not missed.
    """
    needed = {item.sha256 for item in manifest.files if item.group not in without}
    return tuple(blob for blob in manifest.blobs if blob.sha256 in needed and not is_stored(blob))


def is_stored(blob: BlobEntry | BlobRef) -> bool:
    """Whether the store holds the blob, with the right size."""
    try:
        return blob_path(blob.sha256).stat().st_size == blob.size
    except FileNotFoundError:
        return False


def read_stored(sha256: str) -> bytes | None:
    """A blob of the store that a patch stands on; None when it is not here."""
    try:
        return blob_path(sha256).read_bytes()
    except OSError:  # gone, or the disk cannot read it
        return None


def room_for(manifest: Manifest, missing: tuple[BlobEntry, ...]) -> Room:
    """Space for the missing blobs, the course's rows, 2 % for the file system, and the reserve."""
    folder = blob_folder()
    folder.mkdir(parents=True, exist_ok=True)
    document = next(blob.size for blob in manifest.blobs if blob.sha256 == manifest.course)
    blobs = sum(blob.size for blob in missing)
    need = (blobs + 3 * document) * 102 // 100
    disk = os.statvfs(folder)
    return Room(
        needed=need + max(need // 20, reserve_bytes()),
        free=disk.f_bavail * disk.f_frsize,
        files_needed=len(missing) + SPARE_FILES,
        files_free=disk.f_favail if disk.f_files else None,
    )


def check_room(room: Room) -> None:
    """Raise ``NotEnoughSpaceError`` or ``NotEnoughFilesError`` with both exact numbers."""
    if room.free < room.needed:
        raise NotEnoughSpaceError(
            needed=room.needed, free=room.free, reclaimable=reclaimable_bytes()
        )
    if room.files_free is not None and room.files_free < room.files_needed:
        raise NotEnoughFilesError(needed=room.files_needed, free=room.files_free)


def sync_disk(folder: Path) -> None:
    """Have the file system of ``folder`` write all it holds in memory."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not hasattr(_libc, "syncfs"):  # not Linux
            os.sync()
        elif _libc.syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Have the names in one folder written down."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
