"""Take a pack's blobs into the store: staged, verified, made durable, and only then named.

The order is: data, ``syncfs``, rename, ``syncfs`` (docs/adr/0003). One thread reads and hashes,
one writes, one waits for the disk to be done with the batch before.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from courses.blobs import blob_path
from courses.conf import blob_folder
from offline_pack.ahead import ahead
from offline_pack.conf import reserve_bytes
from offline_pack.errors import NotEnoughSpaceError, StoreWriteError
from offline_pack.format.errors import BlobDamagedError, PackDamagedError
from offline_pack.format.manifest import BlobEntry
from offline_pack.format.reader import PackReader
from offline_pack.format.source import Progress
from offline_pack.pieces import Pieces
from offline_pack.store import sync_disk

BATCH = 64 * 1024 * 1024  # bytes between two syncfs
CHUNKS_AHEAD = 8  # of 1 MiB: what is read and hashed before it is written


@dataclass(slots=True)
class _Taken:
    """What happened to the blobs of a pack."""

    damaged: list[BlobEntry] = field(default_factory=list)
    done: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class _Step:
    """A chunk of a blob; without one, the blob's end, good or ``damaged``."""

    blob: BlobEntry
    chunk: bytes | None = None
    damaged: bool = False


def take_blobs(
    pack: PackReader,
    missing: tuple[BlobEntry, ...],
    *,
    pieces: Pieces,
    check_all: bool = True,
    progress: Progress | None = None,
) -> None:
    """Take what is missing from the volumes and pieces at hand, and keep the pieces of the rest.

    ``check_all`` reads and checks those not missing too: a damaged file is told at once. Raises
    ``PackDamagedError`` naming every damaged blob; good ones stay in the store, where they harm
    nobody and spare work next time. Raises ``StoreWriteError`` or ``NotEnoughSpaceError`` when the
    disk gives up.
    """
    wanted = {blob.sha256 for blob in missing}
    blobs = [blob for blob in pack.in_order if check_all or blob.sha256 in wanted]
    here = [blob for blob in blobs if pack.is_at_hand(blob)]
    elsewhere = [blob for blob in missing if not pack.is_at_hand(blob)]
    total = sum(blob.size for blob in here)
    taken = _Taken()
    with _stage(pieces) as stage:
        for step in ahead(_read(pack, here, wanted), depth=CHUNKS_AHEAD):
            stage.take(step, wanted=step.blob.sha256 in wanted)
            _note(step, taken, progress, total)
        for blob in elsewhere:
            _keep_pieces(pack, blob, pieces, taken)
        stage.flush()
    if taken.damaged:
        damaged = tuple(blob.sha256 for blob in taken.damaged)
        raise PackDamagedError(damaged, total=len(pack.manifest.blobs))


def _read(pack: PackReader, blobs: Iterable[BlobEntry], wanted: set[str]) -> Iterator[_Step]:
    """Read and check every blob; of those that are wanted, hand on the bytes."""
    for blob in blobs:
        try:
            for chunk in pack.open_blob(blob.sha256):
                if blob.sha256 in wanted:
                    yield _Step(blob, chunk)
        except BlobDamagedError:
            yield _Step(blob, damaged=True)
        else:
            yield _Step(blob)


def _note(step: _Step, taken: _Taken, progress: Progress | None, total: int) -> None:
    if step.chunk is not None:
        return
    if step.damaged:
        taken.damaged.append(step.blob)
    taken.done += step.blob.size
    if progress:
        progress(taken.done, total)


def _keep_pieces(pack: PackReader, blob: BlobEntry, pieces: Pieces, taken: _Taken) -> None:
    """Keep what the volumes at hand hold of a blob whose rest is elsewhere."""
    try:
        for number, piece in enumerate(blob.at):
            if piece.volume in pack.volumes and not pieces.has(blob.sha256, number):
                pieces.keep(blob.sha256, number, pack.open_piece(blob.sha256, number))
    except BlobDamagedError:
        taken.damaged.append(blob)


class _Stage:
    """Blobs on their way into the store."""

    def __init__(self, pieces: Pieces, disk: ThreadPoolExecutor) -> None:
        self._folder, self._pieces, self._disk = blob_folder() / "stage", pieces, disk
        self._open: IO[bytes] | None = None
        self._blobs, self._bytes = list[BlobEntry](), 0
        self._flushing: Future[None] | None = None

    def take(self, step: _Step, *, wanted: bool) -> None:
        if wanted and self._open is None:
            self._open = (self._folder / step.blob.sha256).open("xb", buffering=0)
        if self._open is not None and step.chunk is not None:
            _write(self._open, step.chunk)
        elif self._open is not None:
            self._close(step.blob, damaged=step.damaged)
        elif step.damaged:
            self._pieces.drop(step.blob)

    def flush(self) -> None:
        """Put the batch away, and wait until it is."""
        self._put_away_soon()
        if self._flushing:
            self._flushing.result()

    def close(self) -> None:
        if self._open:
            self._open.close()

    def _close(self, blob: BlobEntry, *, damaged: bool) -> None:
        assert self._open is not None  # noqa: S101 - narrows for the type checker
        os.fchmod(self._open.fileno(), 0o444)
        self._open.close()
        self._open = None
        if damaged:
            (self._folder / blob.sha256).unlink()
            self._pieces.drop(blob)
            return
        self._blobs.append(blob)
        self._bytes += blob.size
        if self._bytes >= BATCH:
            self._put_away_soon()

    def _put_away_soon(self) -> None:
        """Hand the batch to the thread that waits for the disk; one batch at a time."""
        if self._flushing:
            self._flushing.result()
        if self._blobs:
            self._flushing = self._disk.submit(self._put_away, self._blobs)
        self._blobs, self._bytes = [], 0

    def _put_away(self, blobs: list[BlobEntry]) -> None:
        """Data, syncfs, rename, syncfs: from here on the batch is in the store."""
        sync_disk(self._folder)
        for blob in blobs:
            target = blob_path(blob.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._folder / blob.sha256).replace(target)
        sync_disk(self._folder)
        for blob in blobs:
            self._pieces.drop(blob)


@contextmanager
def _stage(pieces: Pieces) -> Iterator[_Stage]:
    """An empty folder on the store's own disk; whatever an earlier import left there is removed.

    The caller holds the import lock, so nobody else is using it.
    """
    folder = blob_folder() / "stage"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with ThreadPoolExecutor(1, thread_name_prefix="disk") as disk:
            stage = _Stage(pieces, disk)
            try:
                yield stage
            finally:
                stage.close()
    except OSError as error:
        raise _in_words(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(target: IO[bytes], chunk: bytes) -> None:
    """All of it: a raw file may take less than it is given when the disk is nearly full."""
    left = memoryview(chunk)
    while left:
        left = left[target.write(left) :]


def _in_words(error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = shutil.disk_usage(blob_folder()).free
        return NotEnoughSpaceError(needed=free + reserve_bytes(), free=free)
    return StoreWriteError(os.strerror(error.errno or 0))
