"""Where everything stands in a pack, worked out before a byte is written.

The manifest stands before the blobs and yet holds their places, so a layout is tried with room
for a manifest of a certain length, and again with more until it fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offline_pack.format import archive
from offline_pack.format.errors import MetaTooLargeError, VolumeSizeError
from offline_pack.format.manifest import (
    MAX_MANIFEST,
    BlobEntry,
    FileEntry,
    Manifest,
    Piece,
)
from offline_pack.format.readme import readme
from offline_pack.format.signing import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    Signature,
    encode_envelope,
)

VOLUME_SIZE = 2**31 - 1  # bytes: FAT32 takes 4 GiB - 1, and older tools stumble at 2 GiB
LEAST_PIECE = 64 * 1024  # bytes: a blob is not split for less room than that
_PLACEHOLDER = "0" * 64  # a piece's hash, as long as the real one
_SIGNATURE_LENGTH = len(encode_envelope([Signature("0" * 2 * KEY_BYTES, bytes(SIGNATURE_BYTES))]))


@dataclass(frozen=True, slots=True)
class Slot:
    """An entry of the archive that holds a blob, or its piece from stored byte ``start``."""

    entry: archive.Entry
    blob: int  # its place in the order of writing
    start: int


@dataclass(frozen=True, slots=True)
class Volume:
    """One file of the pack: the META entries, then blobs and pieces of blobs."""

    meta: tuple[archive.Entry, ...]
    extras: Mapping[str, bytes]  # what the META entries behind the signature hold
    slots: tuple[Slot, ...]
    size: int  # bytes

    @property
    def entries(self) -> tuple[archive.Entry, ...]:
        return (*self.meta, *(slot.entry for slot in self.slots))


@dataclass(frozen=True, slots=True)
class Layout:
    manifest: Manifest
    manifest_bytes: bytes
    volumes: tuple[Volume, ...]
    zip64_from: int = archive.ZIP64_FROM

    def central_directory(self, volume: Volume, checksums: Sequence[int]) -> bytes:
        """What stands behind the last entry; ``checksums`` are the entries' CRC-32."""
        return archive.central_directory(
            list(zip(volume.entries, checksums, strict=True)), zip64_from=self.zip64_from
        )


def lay_out(
    inputs: Manifest,
    *,
    files: tuple[FileEntry, ...],
    blobs: list[BlobEntry],
    extras: Mapping[str, bytes] | None = None,
    volume_size: int = VOLUME_SIZE,
    zip64_from: int = archive.ZIP64_FROM,
) -> Layout:
    """Give every entry its place; ``blobs`` come in the order they are to be written.

    ``extras`` are further META entries, the same in every volume. Raises ``VolumeSizeError``.
    """
    plan = _Plan(replace(inputs, files=files), blobs, extras or {}, volume_size, zip64_from)
    room = 0  # only ever grows, and no manifest grows without end: so this ends
    while True:
        layout = plan.attempt(room)
        slack = room - len(layout.manifest_bytes)
        if slack == 0 or slack >= archive.LEAST_PADDING:
            break
        room = room + archive.LEAST_PADDING if slack > 0 else len(layout.manifest_bytes)
    if room > MAX_MANIFEST:
        raise MetaTooLargeError(archive.MANIFEST_NAME, size=room, limit=MAX_MANIFEST)
    return layout


def with_piece_hashes(layout: Layout, hashes: Mapping[tuple[int, int], str]) -> Layout:
    """The layout with the hash of each piece, by volume and offset; nothing moves by it."""

    def hashed(piece: Piece) -> Piece:
        return replace(piece, sha256=hashes[piece.volume, piece.offset]) if piece.sha256 else piece

    blobs = tuple(
        replace(blob, at=tuple(hashed(piece) for piece in blob.at))
        for blob in layout.manifest.blobs
    )
    manifest = replace(layout.manifest, blobs=blobs)
    return replace(layout, manifest=manifest, manifest_bytes=manifest.to_bytes())


@dataclass(frozen=True, slots=True)
class _Plan:
    draft: Manifest
    blobs: list[BlobEntry]
    extras: Mapping[str, bytes]
    volume_size: int
    zip64_from: int

    def attempt(self, room: int) -> Layout:
        """The layout with ``room`` bytes kept for the manifest, which may turn out not to fit."""
        fillers = self._fill(room, several=False)
        if len(fillers) > 1:
            fillers = self._fill(room, several=True)
        manifest = self._manifest(fillers)
        data = manifest.to_bytes()
        volumes = tuple(filler.closed(manifest_length=min(len(data), room)) for filler in fillers)
        return Layout(manifest, data, volumes, self.zip64_from)

    def _fill(self, room: int, *, several: bool) -> list[_Filler]:
        fillers = [self._begin(room, number=0, several=several)]
        for index, blob in enumerate(self.blobs):
            name = archive.BLOB_FOLDER + blob.sha256
            if fillers[-1].room_for(name) < blob.stored:
                fresh = self._begin(room, number=len(fillers), several=several)
                if fresh.room_for(name) < blob.stored:
                    self._split(fillers, fresh, index, room=room, several=several)
                    continue
                fillers.append(fresh)
            fillers[-1].put(name, blob.stored, blob=index, start=0)
        return fillers

    def _split(
        self, fillers: list[_Filler], fresh: _Filler, index: int, *, room: int, several: bool
    ) -> None:
        """A blob larger than a volume: what is left of this one, then volume after volume."""
        blob, start, number = self.blobs[index], 0, 1
        if fresh.room_for(blob.sha256) < LEAST_PIECE:
            least = self.volume_size - fresh.room_for(blob.sha256) + LEAST_PIECE
            raise VolumeSizeError(size=self.volume_size, least=least)
        while start < blob.stored:
            name = f"{archive.BLOB_FOLDER}{blob.sha256}.{number}"
            length = min(fillers[-1].room_for(name), blob.stored - start)
            if length < min(LEAST_PIECE, blob.stored - start):
                fillers.append(self._begin(room, number=len(fillers), several=several))
                continue
            fillers[-1].put(name, length, blob=index, start=start)
            start, number = start + length, number + 1

    def _begin(self, room: int, *, number: int, several: bool) -> _Filler:
        marker = {archive.VOLUME_NAME: b'{"volume":%d}' % number} if several else {}
        extras = marker | {archive.README_NAME: readme(self.draft)} | dict(self.extras)
        return _Filler(extras, manifest_room=room, limit=self.volume_size, zip64=self.zip64_from)

    def _manifest(self, fillers: list[_Filler]) -> Manifest:
        pieces: dict[int, list[Piece]] = {index: [] for index in range(len(self.blobs))}
        for number, filler in enumerate(fillers):
            for slot in filler.slots:
                pieces[slot.blob].append(Piece(number, slot.entry.data_at, slot.entry.size))
        placed = [
            replace(blob, at=_marked(pieces[index])) for index, blob in enumerate(self.blobs)
        ]
        manifest = replace(
            self.draft,
            blobs=tuple(sorted(placed, key=lambda blob: blob.sha256)),
            volumes=tuple(filler.size for filler in fillers),
        )
        return replace(manifest, critical=manifest.features)


def _marked(pieces: list[Piece]) -> tuple[Piece, ...]:
    if len(pieces) == 1:
        return (pieces[0],)
    return tuple(replace(piece, sha256=_PLACEHOLDER) for piece in pieces)


class _Filler:
    """One volume while it is being filled."""

    def __init__(
        self, extras: Mapping[str, bytes], *, manifest_room: int, limit: int, zip64: int
    ) -> None:
        self.slots: list[Slot] = []
        self._extras, self._limit, self._zip64 = extras, limit, zip64
        self._meta: list[archive.Entry] = []
        self._directory = archive.END_LENGTH  # bytes, at most
        sizes = [
            (archive.MANIFEST_NAME, manifest_room),
            (archive.SIGNATURE_NAME, _SIGNATURE_LENGTH),
        ]
        for name, size in [*sizes, *((name, len(data)) for name, data in extras.items())]:
            self._meta.append(self._entry(name, size, aligned=False))
            self._directory += archive.record_length(name)

    @property
    def end(self) -> int:
        if self.slots:
            return self.slots[-1].entry.end
        return self._meta[-1].end if self._meta else 0

    @property
    def size(self) -> int:
        """Bytes of the volume if it were closed now."""
        entries = [*self._meta, *(slot.entry for slot in self.slots)]
        return self.end + archive.directory_length(entries, zip64_from=self._zip64)

    def room_for(self, name: str) -> int:
        """Bytes that one more entry may hold; below zero when not even its header has room."""
        probe = self._entry(name, archive.ALIGN_FROM, aligned=True)
        return self._limit - probe.data_at - self._directory - archive.record_length(name)

    def put(self, name: str, size: int, *, blob: int, start: int) -> None:
        self.slots.append(Slot(self._entry(name, size, aligned=True), blob, start))
        self._directory += archive.record_length(name)

    def closed(self, *, manifest_length: int) -> Volume:
        """The volume; what the manifest does not need of its room pads the signature's header."""
        manifest, signature, *others = self._meta
        slack = manifest.size - manifest_length
        first = replace(manifest, size=manifest_length)
        second = replace(signature, header_at=first.end, padding=slack)
        return Volume((first, second, *others), self._extras, tuple(self.slots), self.size)

    def _entry(self, name: str, size: int, *, aligned: bool) -> archive.Entry:
        return archive.place(name, at=self.end, size=size, aligned=aligned, zip64_from=self._zip64)
