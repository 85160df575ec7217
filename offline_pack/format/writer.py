"""Build a pack: lay everything out, sign the manifest, then write from front to back.

The same inputs give the same bytes. Memory stays flat: what is compressed waits in a spool file.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from offline_pack.format import archive
from offline_pack.format.errors import SourceMismatchError
from offline_pack.format.flushing import Flusher
from offline_pack.format.layout import VOLUME_SIZE, Layout, Volume, lay_out, with_piece_hashes
from offline_pack.format.manifest import PAYLOAD_TYPE, FileEntry, Manifest, manifest_hash
from offline_pack.format.signing import SigningKey, encode_envelope, signed_by
from offline_pack.format.source import Progress
from offline_pack.format.storing import PackFile, Stored, piece_hashes, store, stored_chunks
from offline_pack.format.volumes import volume_name


@dataclass(frozen=True, slots=True)
class BuiltPack:
    paths: tuple[Path, ...]  # one a volume
    size: int  # bytes of all volumes
    manifest: Manifest
    manifest_sha256: str
    key_id: str

    @property
    def path(self) -> Path:
        """The first volume."""
        return self.paths[0]


def build_pack(
    to: Path,
    *,
    inputs: Manifest,
    files: Iterable[PackFile],
    key: SigningKey,
    extras: Mapping[str, bytes] | None = None,
    volume_size: int = VOLUME_SIZE,
    progress: Progress | None = None,
) -> BuiltPack:
    """Write the pack ``to``; ``inputs`` says all but ``files``, ``blobs`` and their places.

    Further volumes stand beside ``to``, named by ``volumes.volume_name``; ``to`` itself appears
    last, complete or not at all. ``extras`` are further META entries. Raises
    ``SourceMismatchError`` when a file's bytes are not the ones announced, ``VolumeSizeError``.
    """
    listed = sorted(files, key=lambda file: file.path)
    drafts: list[Path] = []
    try:
        with tempfile.TemporaryFile(dir=to.parent) as spool:
            stored = [store(file, spool) for file in _one_a_blob(listed, first=inputs.course)]
            layout = lay_out(
                inputs,
                files=_entries(listed),
                blobs=[item.entry for item in stored],
                extras=extras,
                volume_size=volume_size,
            )
            layout = with_piece_hashes(layout, piece_hashes(layout, stored, spool))
            writing = _Writing(layout, stored, spool, key, progress)
            for number, volume in enumerate(layout.volumes):
                drafts.append(to.with_name(f".{volume_name(to.name, number)}.part"))
                writing.write(volume, drafts[number])
        paths = [to.with_name(volume_name(to.name, number)) for number in range(len(drafts))]
        for draft, path in reversed(list(zip(drafts, paths, strict=True))):
            draft.replace(path)
        _flush_folder(to.parent)
    finally:
        for draft in drafts:
            with suppress(FileNotFoundError):
                draft.unlink()
    return BuiltPack(
        paths=tuple(paths),
        size=layout.manifest.size,
        manifest=layout.manifest,
        manifest_sha256=manifest_hash(layout.manifest_bytes),
        key_id=key.key_id,
    )


def _one_a_blob(files: list[PackFile], *, first: str) -> list[PackFile]:
    """The course document, then the others by hash: one range at the start holds what it says."""
    by_hash = {file.sha256: file for file in reversed(files)}
    return [by_hash[sha256] for sha256 in sorted(by_hash, key=lambda h: (h != first, h))]


def _entries(files: list[PackFile]) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(file.path, file.sha256, file.media_type, file.group) for file in files)


class _Writing:
    """Volume after volume, with one progress over all of them."""

    def __init__(
        self,
        layout: Layout,
        stored: list[Stored],
        spool: IO[bytes],
        key: SigningKey,
        progress: Progress | None,
    ) -> None:
        self._layout, self._stored, self._spool, self._progress = layout, stored, spool, progress
        self._signature = encode_envelope(signed_by(PAYLOAD_TYPE, layout.manifest_bytes, [key]))
        self._done = 0  # bytes of the volumes before this one

    def write(self, volume: Volume, path: Path) -> None:
        contents: list[Iterable[bytes]] = [[self._layout.manifest_bytes], [self._signature]]
        contents += [[data] for data in volume.extras.values()]
        contents += [
            stored_chunks(self._stored[slot.blob], slot, self._spool) for slot in volume.slots
        ]
        with path.open("wb") as target, Flusher(target.fileno()) as disk:
            checksums = []
            for entry, chunks in zip(volume.entries, contents, strict=True):
                checksums.append(_write_entry(target, entry, chunks, disk=disk))
                if self._progress:
                    self._progress(self._done + entry.end, self._layout.manifest.size)
            target.write(self._layout.central_directory(volume, checksums))
            if target.tell() != volume.size:
                raise SourceMismatchError(
                    expected=f"{volume.size} bytes", actual=str(target.tell())
                )
            target.flush()
            disk.flush()
        self._done += volume.size


def _write_entry(
    target: IO[bytes], entry: archive.Entry, chunks: Iterable[bytes], *, disk: Flusher
) -> int:
    """Write one entry and return its CRC-32; the header is mended once that is known."""
    target.write(archive.local_header(entry, crc=0))
    crc = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
        target.write(chunk)
        disk.added(len(chunk))
    target.seek(entry.header_at)
    target.write(archive.local_header(entry, crc=crc))
    target.seek(entry.end)
    return crc


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
