"""Bring a pack's blobs into the blob store so that a power cut never leaves a half one there.

The order is: data, ``syncfs``, rename, ``syncfs``. Without the first, renamed files came back
empty after every simulated power cut (docs/adr/0003). A name in the store therefore always has
its data, and whether a blob is there is asked of the file system, never of the database.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from courses.blobs import blob_path
from courses.conf import blob_folder
from offline_pack.conf import reserve_bytes
from offline_pack.errors import NotEnoughFilesError, NotEnoughSpaceError, StoreWriteError
from offline_pack.format.errors import BlobDamagedError, PackDamagedError
from offline_pack.format.manifest import BlobEntry, Manifest
from offline_pack.format.reader import PackReader
from offline_pack.format.source import Progress

BATCH = 64 * 1024 * 1024  # bytes between two syncfs
SPARE_FILES = 1000  # inodes
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Room:
    """What an import needs and what the disk has; bytes, and files (inodes)."""

    needed: int
    free: int
    files_needed: int
    files_free: int | None  # None: this file system does not count them


def missing_blobs(manifest: Manifest) -> tuple[BlobEntry, ...]:
    """The blobs of a pack that are not in the store, or there with a wrong size."""
    return tuple(blob for blob in manifest.blobs if not _is_stored(blob))


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
        raise NotEnoughSpaceError(needed=room.needed, free=room.free)
    if room.files_free is not None and room.files_free < room.files_needed:
        raise NotEnoughFilesError(needed=room.files_needed, free=room.files_free)


def take_blobs(
    pack: PackReader, missing: tuple[BlobEntry, ...], *, progress: Progress | None = None
) -> None:
    """Read the whole pack; check every blob, and keep those that are missing.

    Raises ``PackDamagedError`` naming every damaged blob; good ones stay in the store, where they
    harm nobody and spare work next time. Raises ``StoreWriteError`` or ``NotEnoughSpaceError``
    when the disk gives up.
    """
    wanted = {blob.sha256 for blob in missing}
    damaged, done, total = [], 0, pack.manifest.totals.raw
    with _stage() as stage:
        for blob in pack.manifest.blobs:
            try:
                if blob.sha256 in wanted:
                    stage.add(pack, blob)
                else:
                    _check_only(pack, blob)
            except BlobDamagedError:
                damaged.append(blob.sha256)
            done += blob.size
            if progress:
                progress(done, total)
        stage.flush()
    if damaged:
        raise PackDamagedError(tuple(damaged), total=len(pack.manifest.blobs))


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


class _Stage:
    """Blobs that are verified but not yet in the store."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._names, self._bytes = folder, list[str](), 0

    def add(self, pack: PackReader, blob: BlobEntry) -> None:
        target = self._folder / blob.sha256
        try:
            with target.open("xb", buffering=0) as opened:
                for chunk in pack.open_blob(blob.sha256):
                    opened.write(chunk)
                os.fchmod(opened.fileno(), 0o444)
        except BlobDamagedError:
            target.unlink()
            raise
        self._names.append(blob.sha256)
        self._bytes += blob.size
        if self._bytes >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Data, syncfs, rename, syncfs: from here on the batch is in the store."""
        if not self._names:
            return
        sync_disk(self._folder)
        for name in self._names:
            target = blob_path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).replace(target)
        sync_disk(self._folder)
        self._names, self._bytes = [], 0


@contextmanager
def _stage() -> Iterator[_Stage]:
    """An empty folder on the store's own disk; whatever an earlier import left there is removed.

    The caller holds the import lock, so nobody else is using it.
    """
    folder = blob_folder() / "stage"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield _Stage(folder)
    except OSError as error:
        raise _in_words(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_words(error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = shutil.disk_usage(blob_folder()).free
        return NotEnoughSpaceError(needed=free + reserve_bytes(), free=free)
    return StoreWriteError(os.strerror(error.errno or 0))


def _is_stored(blob: BlobEntry) -> bool:
    try:
        return blob_path(blob.sha256).stat().st_size == blob.size
    except FileNotFoundError:
        return False


def _check_only(pack: PackReader, blob: BlobEntry) -> None:
    for _ in pack.open_blob(blob.sha256):
        pass
