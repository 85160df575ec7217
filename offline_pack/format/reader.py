"""Read a pack: nothing is believed before the signature, and no blob before its hash.

Only ranges named by the two first headers and by the manifest are read; the ZIP directory and the
names in it are never looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from offline_pack.format import archive, compression
from offline_pack.format.compression import DecompressionError
from offline_pack.format.errors import (
    BlobDamagedError,
    BlobNotInPackError,
    MetaTooLargeError,
    NotAPackError,
    PackDamagedError,
    PackSizeError,
    UnsupportedFeatureError,
)
from offline_pack.format.manifest import (
    MAX_MANIFEST,
    PAYLOAD_TYPE,
    RAW,
    BlobEntry,
    Manifest,
    manifest_hash,
)
from offline_pack.format.manifest_parser import parse_manifest
from offline_pack.format.requirements import Abilities, check_requirements
from offline_pack.format.signing import (
    MAX_ENVELOPE,
    PACKS,
    TrustedKeys,
    VerifyingKey,
    check_signatures,
    decode_envelope,
)
from offline_pack.format.source import ByteSource, FileSource, Progress, chunks_of


class PackReader:
    """A pack whose signature and manifest are good; each blob is checked as it is read.

    Opening raises a ``PackFormatError`` that says what is wrong. ``key`` is the trusted key that
    signed.
    """

    manifest: Manifest
    manifest_sha256: str
    key: VerifyingKey

    def __init__(
        self, path: Path, *, trusted: TrustedKeys, abilities: Abilities | None = None
    ) -> None:
        self._source: ByteSource = FileSource(path)
        try:
            self._open(trusted, abilities or Abilities())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._source.close()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._source.size

    def entry(self, sha256: str) -> BlobEntry:
        """What the manifest says of a blob; raises ``BlobNotInPackError``."""
        try:
            return self._blobs[sha256]
        except KeyError as error:
            raise BlobNotInPackError(sha256) from error

    def open_blob(self, sha256: str) -> Iterator[bytes]:
        """The blob's raw bytes, a piece at a time.

        They are good only once the last piece came without ``BlobDamagedError``.
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

    def read_blob(self, sha256: str, *, limit: int) -> bytes:
        """The whole blob in memory; raises ``MetaTooLargeError`` above ``limit`` bytes."""
        blob = self.entry(sha256)
        if blob.size > limit:
            raise MetaTooLargeError(f"blob {sha256[:12]}", size=blob.size, limit=limit)
        return b"".join(self.open_blob(sha256))

    def verify(self, progress: Progress | None = None) -> None:
        """Check every blob; raises ``PackDamagedError`` naming all that are damaged."""
        damaged, done, total = [], 0, self.manifest.totals.raw
        for blob in self.manifest.blobs:
            try:
                for _ in self.open_blob(blob.sha256):
                    pass
            except BlobDamagedError:
                damaged.append(blob.sha256)
            done += blob.size
            if progress:
                progress(done, total)
        if damaged:
            raise PackDamagedError(tuple(damaged), total=len(self.manifest.blobs))

    def _open(self, trusted: TrustedKeys, abilities: Abilities) -> None:
        data, end = self._meta_entry(archive.MANIFEST_NAME, at=0, limit=MAX_MANIFEST)
        envelope, end = self._meta_entry(archive.SIGNATURE_NAME, at=end, limit=MAX_ENVELOPE)
        signatures = decode_envelope(envelope)
        self.key = check_signatures(PAYLOAD_TYPE, data, signatures, trusted=trusted, purpose=PACKS)
        self.manifest = parse_manifest(data, meta_end=end)
        self.manifest_sha256 = manifest_hash(data)
        check_requirements(self.manifest.requires, abilities)
        self._check_shape()
        self._blobs = {blob.sha256: blob for blob in self.manifest.blobs}

    def _check_shape(self) -> None:
        if self.manifest.base:
            raise UnsupportedFeatureError(("base",))
        if len(self.manifest.volumes) != 1:
            raise UnsupportedFeatureError(("volumes",))
        if self.manifest.volumes[0] != self.size:
            raise PackSizeError(expected=self.manifest.volumes[0], actual=self.size)

    def _meta_entry(self, name: str, *, at: int, limit: int) -> tuple[bytes, int]:
        """The bytes of the META entry whose header is at ``at``, and where they end."""
        fixed = self._source.read(at, archive.LOCAL_HEADER.size)
        magic, _, flags, method, *_, stored, raw, name_length, extra_length = (
            archive.LOCAL_HEADER.unpack(fixed)
        )
        expected = (archive.LOCAL_SIGNATURE, 0, 0, len(name))
        if (magic, flags, method, name_length) != expected or stored != raw:
            raise NotAPackError("the file does not begin as a pack does")
        found = self._source.read(at + len(fixed), name_length)
        if found != name.encode("ascii"):
            raise NotAPackError("the file does not begin as a pack does")
        if stored > limit:
            raise MetaTooLargeError(name, size=stored, limit=limit)
        start = at + len(fixed) + name_length + extra_length
        return self._source.read(start, stored), start + stored

    def _raw_chunks(self, blob: BlobEntry) -> Iterator[bytes]:
        chunks = self._stored_chunks(blob)
        return chunks if blob.encoding == RAW else compression.decompress(chunks, size=blob.size)

    def _stored_chunks(self, blob: BlobEntry) -> Iterator[bytes]:
        for piece in blob.at:
            yield from chunks_of(self._source, offset=piece.offset, length=piece.length)
