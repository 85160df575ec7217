"""Take a pack's blobs into the store: staged, verified, made durable, and only then named.

The order is: data, ``syncfs``, rename, ``syncfs``. Without the first, renamed files came back
empty after every simulated power cut (docs/adr/0003). Some threads read, hash and write a blob
each; another waits for the disk to be done with the batch before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO

from courses.blobs import blob_path
from courses.conf import blob_folder
from offline_pack.format.errors import BlobDamagedError, PackDamagedError
from offline_pack.format.manifest import ZPATCH, BlobEntry
from offline_pack.format.reader import PackReader
from offline_pack.format.source import Progress
from offline_pack.store.contents import sync_disk
from offline_pack.store.pieces import Pieces

BATCH = 64 * 1024 * 1024  # bytes between two syncfs
THREADS = 2  # hashing and writing leave Python's lock; more would not help a memory card
_one_patch = Lock()  # a patch takes its base and its window in memory


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
    nobody and spare work next time.
    """
    wanted = {blob.sha256 for blob in missing}
    blobs = [blob for blob in pack.in_order if check_all or blob.sha256 in wanted]
    here = [blob for blob in blobs if pack.is_at_hand(blob)]
    elsewhere = [blob for blob in missing if not pack.is_at_hand(blob)]
    damaged: list[BlobEntry] = []
    with _stage(pack, pieces, wanted) as stage:
        done, total = 0, sum(blob.size for blob in here)
        for batch in _batches(here):
            good = list[BlobEntry]()
            for blob, is_good in zip(batch, stage.take(batch), strict=True):
                (good if is_good else damaged).append(blob)
                done += blob.size
                if progress:
                    progress(done, total)
            stage.put_away(good)
        damaged += [blob for blob in elsewhere if not _keep_pieces(pack, blob, pieces)]
        stage.finish()
    for blob in damaged:
        pieces.drop(blob)
    if damaged:
        hashes = tuple(blob.sha256 for blob in damaged)
        raise PackDamagedError(hashes, total=len(pack.manifest.blobs))


def _batches(blobs: Iterable[BlobEntry]) -> Iterator[list[BlobEntry]]:
    batch, size = list[BlobEntry](), 0
    for blob in blobs:
        batch.append(blob)
        size += blob.size
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _keep_pieces(pack: PackReader, blob: BlobEntry, pieces: Pieces) -> bool:
    """Keep what the volumes at hand hold of a blob whose rest is elsewhere; is it good?"""
    try:
        for number, piece in enumerate(blob.at):
            if piece.volume in pack.volumes and not pieces.has(blob.sha256, number):
                pieces.keep(blob.sha256, number, pack.open_piece(blob.sha256, number))
    except BlobDamagedError:
        return False
    return True


class _Stage:
    """Blobs on their way into the store; ``folder`` is on the store's own disk."""

    def __init__(self, folder: Path, pack: PackReader, pieces: Pieces, wanted: set[str]) -> None:
        self._folder, self._pack, self._pieces, self._wanted = folder, pack, pieces, wanted
        self._workers = ThreadPoolExecutor(THREADS, thread_name_prefix="blobs")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._flushing: Future[None] | None = None

    def take(self, batch: list[BlobEntry]) -> Iterator[bool]:
        """Check each blob, and stage it if it is wanted; tells which are good, in order."""
        return self._workers.map(self._take, batch)

    def put_away(self, blobs: Iterable[BlobEntry]) -> None:
        """Hand a batch to the thread that waits for the disk; one batch at a time."""
        staged = [blob for blob in blobs if blob.sha256 in self._wanted]
        self.finish()
        if staged:
            self._flushing = self._disk.submit(self._put_away, staged)

    def finish(self) -> None:
        """Wait until what was handed over is in the store."""
        if self._flushing:
            self._flushing.result()

    def close(self) -> None:
        self._workers.shutdown(cancel_futures=True)
        self._disk.shutdown()

    def _take(self, blob: BlobEntry) -> bool:
        if blob.encoding == ZPATCH:
            with _one_patch:
                return self._take_one(blob)
        return self._take_one(blob)

    def _take_one(self, blob: BlobEntry) -> bool:
        chunks = self._pack.open_blob(blob.sha256)
        try:
            if blob.sha256 in self._wanted:
                _write(self._folder / blob.sha256, chunks)
            else:
                for _ in chunks:
                    pass
        except BlobDamagedError:
            (self._folder / blob.sha256).unlink(missing_ok=True)
            return False
        return True

    def _put_away(self, blobs: list[BlobEntry]) -> None:
        """Data, syncfs, rename, syncfs: from here on the batch is in the store."""
        sync_disk(self._folder)
        targets = [blob_path(blob.sha256) for blob in blobs]
        for folder in {target.parent for target in targets}:
            folder.mkdir(parents=True, exist_ok=True)
        for target in targets:
            (self._folder / target.name).replace(target)
        sync_disk(self._folder)
        if self._pieces.folder.exists():
            for blob in blobs:
                self._pieces.drop(blob)


@contextmanager
def _stage(pack: PackReader, pieces: Pieces, wanted: set[str]) -> Iterator[_Stage]:
    """An empty stage; whatever an earlier import left there is removed.

    The caller holds the import lock, so nobody else is using it.
    """
    folder = blob_folder() / "stage"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stage = _Stage(folder, pack, pieces, wanted)
        try:
            yield stage
        finally:
            stage.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("xb", buffering=0) as opened:
        os.fchmod(opened.fileno(), 0o444)
        for chunk in chunks:
            _write_all(opened, chunk)


def _write_all(opened: IO[bytes], chunk: bytes) -> None:
    """A raw file may take less than it is given when the disk is nearly full."""
    left = memoryview(chunk)
    while left:
        left = left[opened.write(left) :]
