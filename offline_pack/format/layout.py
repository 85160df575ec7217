"""Where everything stands in a pack, worked out before a byte is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offline_pack.format import archive
from offline_pack.format.errors import MetaTooLargeError
from offline_pack.format.manifest import (
    MAX_MANIFEST,
    RAW,
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

_SIGNATURE_LENGTH = len(encode_envelope([Signature("0" * 2 * KEY_BYTES, bytes(SIGNATURE_BYTES))]))


@dataclass(frozen=True, slots=True)
class Layout:
    manifest: Manifest
    manifest_bytes: bytes
    entries: tuple[archive.Entry, ...]  # in the order they are written
    zip64_from: int = archive.ZIP64_FROM

    def central_directory(self, written: list[tuple[archive.Entry, int]]) -> bytes:
        """What stands behind the last entry; each entry comes with its CRC-32."""
        return archive.central_directory(
            written, at=self.entries[-1].end, zip64_from=self.zip64_from
        )


def lay_out(
    inputs: Manifest,
    *,
    files: tuple[FileEntry, ...],
    blobs: list[BlobEntry],
    zip64_from: int = archive.ZIP64_FROM,
) -> Layout:
    """Give every entry its place.

    The manifest stands before the blobs and holds their offsets. A longer manifest moves the
    blobs back, and larger offsets make the manifest longer: both only grow, so this ends.
    """
    features = sorted({blob.encoding for blob in blobs} - {RAW})
    draft = replace(inputs, files=files, critical=tuple(features))
    length = 0
    while True:
        layout = _attempt(draft, blobs, manifest_length=length, zip64_from=zip64_from)
        if len(layout.manifest_bytes) == length:
            break
        length = len(layout.manifest_bytes)
    if length > MAX_MANIFEST:
        raise MetaTooLargeError(archive.MANIFEST_NAME, size=length, limit=MAX_MANIFEST)
    return layout


def _attempt(
    draft: Manifest, blobs: list[BlobEntry], *, manifest_length: int, zip64_from: int
) -> Layout:
    sizes = [
        (archive.MANIFEST_NAME, manifest_length),
        (archive.SIGNATURE_NAME, _SIGNATURE_LENGTH),
        (archive.README_NAME, len(readme(draft))),
        *((archive.BLOB_FOLDER + blob.sha256, blob.stored) for blob in blobs),
    ]
    entries: list[archive.Entry] = []
    for name, size in sizes:
        at = entries[-1].end if entries else 0
        # Nobody maps META into memory: only blobs are aligned.
        aligned = name.startswith(archive.BLOB_FOLDER)
        entries.append(
            archive.place(name, at=at, size=size, aligned=aligned, zip64_from=zip64_from)
        )
    placed = tuple(
        replace(blob, at=(Piece(0, entry.data_at, entry.size),))
        for blob, entry in zip(blobs, entries[3:], strict=True)
    )
    end = archive.central_directory(
        [(entry, 0) for entry in entries], at=entries[-1].end, zip64_from=zip64_from
    )
    manifest = replace(draft, blobs=placed, volumes=(entries[-1].end + len(end),))
    return Layout(manifest, manifest.to_bytes(), tuple(entries), zip64_from)
