"""Read a pack: nothing is believed before the signature, and no blob before its hash.

Only ranges named by the first headers and by the manifest are read; the ZIP directory and the
names in it are never looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, Self

from offline_pack.format import archive, compression
from offline_pack.format.closing import Closing
from offline_pack.format.compression import DecompressionError
from offline_pack.format.errors import (
    BaseMissingError,
    BlobDamagedError,
    BlobNotInPackError,
    ForeignVolumeError,
    ManifestError,
    MetaTooLargeError,
    PackDamagedError,
    PackSizeError,
    VolumesMissingError,
)
from offline_pack.format.manifest import (
    PAYLOAD_TYPE,
    RAW,
    ZPATCH,
    BlobEntry,
    Manifest,
    Piece,
    manifest_hash,
)
from offline_pack.format.manifest_parser import parse_manifest
from offline_pack.format.meta import Meta, read_meta
from offline_pack.format.requirements import Abilities, check_requirements
from offline_pack.format.signing import (
    PACKS,
    TrustedKeys,
    VerifyingKey,
    check_signatures,
    decode_envelope,
)
from offline_pack.format.source import ByteSource, FileSource, Progress, chunks_of

ReadBase = Callable[[str], bytes | None]
"""The bytes of a blob that a patch stands on, by SHA-256; None when it is not here."""


class KeptPieces(Protocol):
    """Stored bytes of this pack kept from before: other volumes, a download."""

    def open(self, sha256: str, number: int) -> ByteSource | None:
        """The whole ``number``-th piece (from 0) of a blob, or None; the caller closes it."""


class PackReader(Closing):
    """A pack whose signature and manifest are good; each blob is checked as it is read.

    Making one raises a ``PackFormatError`` that says what is wrong. ``key`` is the trusted key
    that signed. It begins without any volume; ``open`` gives one with a file.
    """

    def __init__(
        self, meta: Meta, *, trusted: TrustedKeys, abilities: Abilities | None = None
    ) -> None:
        signatures = decode_envelope(meta.envelope)
        self.meta = meta
        self.key: VerifyingKey = check_signatures(
            PAYLOAD_TYPE,
            meta.manifest,
            signatures,
            trusted=trusted.with_documents(meta.trust),
            purpose=PACKS,
        )
        self.manifest: Manifest = parse_manifest(meta.manifest, meta_end=meta.end)
        self.manifest_sha256 = manifest_hash(meta.manifest)
        check_requirements(self.manifest.requires, abilities or Abilities())
        self.read_base: ReadBase | None = None
        self.kept: KeptPieces | None = None
        self._blobs = {blob.sha256: blob for blob in self.manifest.blobs}
        self._volumes: dict[int, ByteSource] = {}

    @classmethod
    def open(cls, path: Path, *, trusted: TrustedKeys, abilities: Abilities | None = None) -> Self:
        """Open one volume of a pack; raises a ``PackFormatError``."""
        source = FileSource(path)
        try:
            meta = read_meta(source)
            pack = cls(meta, trusted=trusted, abilities=abilities)
            pack._take(source, meta.volume)
        except BaseException:
            source.close()
            raise
        return pack

    def add_volume(self, path: Path) -> int:
        """Take another file of the same pack; returns its number, from 0.

        Raises ``ForeignVolumeError`` when it belongs to something else, ``PackSizeError`` when it
        was cut short.
        """
        source = FileSource(path)
        try:
            meta = read_meta(source)
            if meta.manifest != self.meta.manifest:
                raise ForeignVolumeError(str(path))
            self._take(source, meta.volume)
        except BaseException:
            source.close()
            raise
        return meta.volume

    def close(self) -> None:
        for source in self._volumes.values():
            source.close()
        self._volumes.clear()

    @property
    def size(self) -> int:
        """Bytes of all volumes of the pack."""
        return self.manifest.size

    @property
    def volumes(self) -> frozenset[int]:
        """The volumes at hand, from 0."""
        return frozenset(self._volumes)

    @property
    def in_order(self) -> list[BlobEntry]:
        """The blobs in the order in which they stand in the pack."""
        return sorted(self.manifest.blobs, key=lambda blob: (blob.at[0].volume, blob.at[0].offset))

    def entry(self, sha256: str) -> BlobEntry:
        """What the manifest says of a blob; raises ``BlobNotInPackError``."""
        try:
            return self._blobs[sha256]
        except KeyError as error:
            raise BlobNotInPackError(sha256) from error

    def is_at_hand(self, blob: BlobEntry) -> bool:
        """Whether every piece of the blob is here, in a volume or kept."""
        return all(
            piece.volume in self._volumes or self._is_kept(blob, number)
            for number, piece in enumerate(blob.at)
        )

    def open_blob(self, sha256: str) -> Iterator[bytes]:
        """The blob's raw bytes, a chunk at a time.

        They are good only once the last chunk came without ``BlobDamagedError``. Raises
        ``VolumesMissingError`` and ``BaseMissingError`` too.
        """
        blob = self.entry(sha256)
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self._raw_chunks(blob):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
        except DecompressionError as error:
            raise BlobDamagedError(sha256, reason=str(error)) from error
        if size != blob.size:
            raise BlobDamagedError(sha256, reason=f"{size} bytes instead of {blob.size}")
        if digest.hexdigest() != sha256:
            raise BlobDamagedError(sha256, reason="its bytes have changed")

    def open_piece(self, sha256: str, number: int) -> Iterator[bytes]:
        """The stored bytes of one piece of a blob that is split, checked like ``open_blob``."""
        blob = self.entry(sha256)
        piece, digest = blob.at[number], hashlib.sha256()
        for chunk in self._piece_chunks(blob, number):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != piece.sha256:
            raise BlobDamagedError(sha256, reason=f"the bytes of piece {number + 1} have changed")

    def read_blob(self, sha256: str, *, limit: int) -> bytes:
        """The whole blob in memory; raises ``MetaTooLargeError`` above ``limit`` bytes."""
        blob = self.entry(sha256)
        if blob.size > limit:
            raise MetaTooLargeError(f"blob {sha256[:12]}", size=blob.size, limit=limit)
        return b"".join(self.open_blob(sha256))

    def verify(self, progress: Progress | None = None) -> None:
        """Check all that stands in the volumes at hand.

        Raises ``PackDamagedError`` naming all the blobs that are damaged; else
        ``BaseMissingError`` naming the bases without which some could not be checked.
        """
        damaged, baseless, done, total = list[str](), list[str](), 0, self.manifest.totals.raw
        for blob in self.in_order:
            try:
                self._verify(blob)
            except BlobDamagedError:
                damaged.append(blob.sha256)
            except BaseMissingError as error:
                baseless += error.missing
            done += blob.size
            if progress:
                progress(done, total)
        if damaged:
            raise PackDamagedError(tuple(damaged), total=len(self.manifest.blobs))
        if baseless and self.manifest.base:
            raise BaseMissingError(tuple(baseless), rev=self.manifest.base.rev)

    def _verify(self, blob: BlobEntry) -> None:
        if self.is_at_hand(blob):
            for _ in self.open_blob(blob.sha256):
                pass
            return
        for number, piece in enumerate(blob.at):
            if piece.volume in self._volumes and piece.sha256:
                for _ in self.open_piece(blob.sha256, number):
                    pass

    def _take(self, source: ByteSource, number: int) -> None:
        if number >= len(self.manifest.volumes):
            raise ManifestError(archive.VOLUME_NAME, "there is no such volume")
        if source.size != self.manifest.volumes[number]:
            raise PackSizeError(expected=self.manifest.volumes[number], actual=source.size)
        if number in self._volumes:  # the same one twice, from two sticks
            self._volumes[number].close()
        self._volumes[number] = source

    def _raw_chunks(self, blob: BlobEntry) -> Iterator[bytes]:
        chunks = self._stored_chunks(blob)
        if blob.encoding == RAW:
            return chunks
        base = self._base_of(blob) if blob.encoding == ZPATCH else None
        return compression.decompress(chunks, size=blob.size, base=base)

    def _base_of(self, blob: BlobEntry) -> bytes:
        base = self.read_base(blob.base) if self.read_base else None
        if base is None:
            rev = self.manifest.base.rev if self.manifest.base else 0
            raise BaseMissingError((blob.base,), rev=rev)
        return base

    def _stored_chunks(self, blob: BlobEntry) -> Iterator[bytes]:
        for number in range(len(blob.at)):
            yield from self._piece_chunks(blob, number)

    def _piece_chunks(self, blob: BlobEntry, number: int) -> Iterator[bytes]:
        piece = blob.at[number]
        volume = self._volumes.get(piece.volume)
        if volume is not None:
            yield from chunks_of(volume, offset=piece.offset, length=piece.length)
            return
        kept = self.kept.open(blob.sha256, number) if self.kept else None
        if kept is None:
            raise self._volume_missing(piece)
        try:
            yield from chunks_of(kept, offset=0, length=piece.length)
        finally:
            kept.close()

    def _is_kept(self, blob: BlobEntry, number: int) -> bool:
        kept = self.kept.open(blob.sha256, number) if self.kept else None
        if kept is None:
            return False
        kept.close()
        return True

    def _volume_missing(self, piece: Piece) -> VolumesMissingError:
        return VolumesMissingError((piece.volume + 1,), total=len(self.manifest.volumes))
