"""How a file's bytes stand in a pack: as they are, compressed, or as a patch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from offline_pack.format import compression
from offline_pack.format.errors import SourceMismatchError
from offline_pack.format.layout import Layout, Slot
from offline_pack.format.manifest import CORE_GROUP, RAW, ZPATCH, ZSTD, BlobEntry
from offline_pack.format.source import CHUNK


@dataclass(frozen=True, slots=True)
class PatchBase:
    """A blob that the reader of a delta pack has already."""

    sha256: str
    size: int  # bytes
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file to pack: its name for people, and where its bytes come from.

    ``bases`` are tried in turn for a patch; the smallest is taken, if it pays at all.
    """

    path: str
    sha256: str
    size: int  # bytes
    media_type: str
    open: Callable[[], IO[bytes]]
    group: str = CORE_GROUP
    bases: tuple[PatchBase, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as it will stand in the pack; ``spooled`` is where its frame waits, if compressed."""

    entry: BlobEntry
    file: PackFile
    spooled: int | None = None


def store(file: PackFile, spool: IO[bytes]) -> Stored:
    """Decide how the blob will stand; a frame that pays is left at the end of the spool."""
    best = Stored(BlobEntry(file.sha256, file.size, RAW, file.size), file)
    if compression.may_compress(file.media_type, file.size):
        start, length = _spool(compression.compress(read_checked(file), size=file.size), spool)
        if compression.is_worth_it(raw=file.size, stored=length):
            best = Stored(BlobEntry(file.sha256, file.size, ZSTD, length), file, spooled=start)
        else:
            spool.truncate(start)
    for base in file.bases:
        if compression.may_patch(base=base.size, size=file.size):
            best = _patched(file, base, best, spool)
    return best


def stored_chunks(item: Stored, slot: Slot, spool: IO[bytes]) -> Iterator[bytes]:
    """The bytes that go into that entry of the archive."""
    whole = slot.entry.size == item.entry.stored
    if item.spooled is not None:
        yield from _part(spool, item.spooled + slot.start, slot.entry.size)
    elif whole:
        yield from read_checked(item.file)
    else:
        with item.file.open() as source:
            yield from _part(source, slot.start, slot.entry.size)


def piece_hashes(
    layout: Layout, stored: list[Stored], spool: IO[bytes]
) -> dict[tuple[int, int], str]:
    """SHA-256 of each piece of the blobs that are split, by volume and offset."""
    hashes: dict[tuple[int, int], str] = {}
    for number, volume in enumerate(layout.volumes):
        for slot in volume.slots:
            item = stored[slot.blob]
            if slot.entry.size == item.entry.stored:
                continue
            if slot.start == 0 and item.spooled is None:
                for _ in read_checked(item.file):  # once over the whole: are these the bytes?
                    pass
            digest = hashlib.sha256()
            for chunk in stored_chunks(item, slot, spool):
                digest.update(chunk)
            hashes[number, slot.entry.data_at] = digest.hexdigest()
    return hashes


def read_checked(file: PackFile) -> Iterator[bytes]:
    """The file's bytes; raises ``SourceMismatchError`` at the end, or once there are too many."""
    digest, size = hashlib.sha256(), 0
    with file.open() as source:
        while chunk := source.read(min(CHUNK, file.size - size + 1)):
            size += len(chunk)
            if size > file.size:
                break
            digest.update(chunk)
            yield chunk
    if size != file.size or digest.hexdigest() != file.sha256:
        raise SourceMismatchError(expected=file.sha256, actual=digest.hexdigest())


def _patched(file: PackFile, base: PatchBase, best: Stored, spool: IO[bytes]) -> Stored:
    """The blob as a patch on ``base``, if that is much smaller than the best so far."""
    frame = compression.compress(read_checked(file), size=file.size, base=base.read())
    start, length = _spool(frame, spool)
    if not compression.is_patch_worth_it(plain=best.entry.stored, patch=length):
        spool.truncate(start)
        return best
    entry = BlobEntry(file.sha256, file.size, ZPATCH, length, base=base.sha256)
    return Stored(entry, file, spooled=start)


def _spool(frame: Iterable[bytes], spool: IO[bytes]) -> tuple[int, int]:
    """Where the frame stands in the spool, and its length."""
    start = spool.seek(0, os.SEEK_END)
    for chunk in frame:
        spool.write(chunk)
    return start, spool.tell() - start


def _part(source: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    source.seek(start)
    left = length
    while left:
        chunk = source.read(min(CHUNK, left))
        if not chunk:
            raise SourceMismatchError(expected=f"{length} bytes", actual=str(length - left))
        left -= len(chunk)
        yield chunk
