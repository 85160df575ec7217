"""Build a pack: lay everything out, sign the manifest, then write from front to back.

The same inputs give the same bytes. Memory stays flat: what is compressed waits in a spool file.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from offline_pack.format import archive, compression
from offline_pack.format.errors import SourceMismatchError
from offline_pack.format.layout import Layout, lay_out
from offline_pack.format.manifest import (
    CORE_GROUP,
    PAYLOAD_TYPE,
    RAW,
    ZSTD,
    BlobEntry,
    FileEntry,
    Manifest,
    manifest_hash,
)
from offline_pack.format.readme import readme
from offline_pack.format.signing import SigningKey, encode_envelope, signed_by
from offline_pack.format.source import CHUNK, Progress


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file to pack: its name for people, and where its bytes come from."""

    path: str
    sha256: str
    size: int  # bytes
    media_type: str
    open: Callable[[], IO[bytes]]
    group: str = CORE_GROUP


@dataclass(frozen=True, slots=True)
class BuiltPack:
    path: Path
    size: int  # bytes
    manifest: Manifest
    manifest_sha256: str
    key_id: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """A blob as it will stand in the pack; ``spooled`` is where its frame waits, if compressed."""

    entry: BlobEntry
    file: PackFile
    spooled: int | None = None


def build_pack(
    to: Path,
    *,
    inputs: Manifest,
    files: Iterable[PackFile],
    key: SigningKey,
    progress: Progress | None = None,
) -> BuiltPack:
    """Write the pack ``to``; ``inputs`` says all but ``files``, ``blobs`` and their places.

    ``to`` appears complete or not at all. Raises ``SourceMismatchError`` when a file's bytes are
    not the ones announced.
    """
    listed = sorted(files, key=lambda file: file.path)
    part = to.with_name(f".{to.name}.part")
    try:
        with tempfile.TemporaryFile(dir=to.parent) as spool:
            stored = [_store(file, spool) for file in _one_a_blob(listed)]
            layout = lay_out(inputs, files=_entries(listed), blobs=[item.entry for item in stored])
            with part.open("wb") as target:
                _write(target, layout, stored, spool=spool, key=key, progress=progress)
                target.flush()
                os.fsync(target.fileno())
        part.replace(to)
        _flush_folder(to.parent)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return BuiltPack(
        path=to,
        size=layout.manifest.size,
        manifest=layout.manifest,
        manifest_sha256=manifest_hash(layout.manifest_bytes),
        key_id=key.key_id,
    )


def _one_a_blob(files: list[PackFile]) -> list[PackFile]:
    by_hash = {file.sha256: file for file in reversed(files)}
    return [by_hash[sha256] for sha256 in sorted(by_hash)]


def _entries(files: list[PackFile]) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(file.path, file.sha256, file.media_type, file.group) for file in files)


def _store(file: PackFile, spool: IO[bytes]) -> _Stored:
    """Decide how the blob will stand; a frame that pays is left in the spool."""
    as_is = _Stored(BlobEntry(file.sha256, file.size, RAW, file.size), file)
    if not compression.may_compress(file.media_type, file.size):
        return as_is
    start = spool.seek(0, os.SEEK_END)
    for chunk in compression.compress(_read_checked(file), size=file.size):
        spool.write(chunk)
    length = spool.tell() - start
    if not compression.is_worth_it(raw=file.size, stored=length):
        spool.truncate(start)
        return as_is
    return _Stored(BlobEntry(file.sha256, file.size, ZSTD, length), file, spooled=start)


def _write(
    target: IO[bytes],
    layout: Layout,
    stored: list[_Stored],
    *,
    spool: IO[bytes],
    key: SigningKey,
    progress: Progress | None,
) -> None:
    manifest = layout.manifest
    signature = encode_envelope(signed_by(PAYLOAD_TYPE, layout.manifest_bytes, [key]))
    contents: list[Iterable[bytes]] = [[layout.manifest_bytes], [signature], [readme(manifest)]]
    contents += [_stored_chunks(item, spool) for item in stored]
    written = []
    for entry, chunks in zip(layout.entries, contents, strict=True):
        written.append((entry, _write_entry(target, entry, chunks)))
        if progress:
            progress(entry.end, manifest.size)
    target.write(layout.central_directory(written))
    if target.tell() != manifest.size:
        raise SourceMismatchError(expected=f"{manifest.size} bytes", actual=str(target.tell()))


def _write_entry(target: IO[bytes], entry: archive.Entry, chunks: Iterable[bytes]) -> int:
    """Write one entry and return its CRC-32; the header is mended once that is known."""
    target.write(archive.local_header(entry, crc=0))
    crc = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
        target.write(chunk)
    target.seek(entry.header_at)
    target.write(archive.local_header(entry, crc=crc))
    target.seek(entry.end)
    return crc


def _stored_chunks(item: _Stored, spool: IO[bytes]) -> Iterator[bytes]:
    if item.spooled is None:
        yield from _read_checked(item.file)
        return
    spool.seek(item.spooled)
    left = item.entry.stored
    while left:
        chunk = spool.read(min(CHUNK, left))
        left -= len(chunk)
        yield chunk


def _read_checked(file: PackFile) -> Iterator[bytes]:
    """The file's bytes; raises ``SourceMismatchError`` at the end, or once there are too many."""
    digest, size = hashlib.sha256(), 0
    with file.open() as source:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > file.size:
                break
            digest.update(chunk)
            yield chunk
    if size != file.size or digest.hexdigest() != file.sha256:
        raise SourceMismatchError(expected=file.sha256, actual=digest.hexdigest())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
