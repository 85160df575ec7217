"""The pieces of a pack that are wanted and not here whole, each with what came of it so far."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from offline_pack.format.manifest import BlobEntry
from offline_pack.store.pieces import Pieces


class Draft:
    """A piece on its way: bytes ``next`` to ``end`` of its volume are still to come."""

    def __init__(self, blob: BlobEntry, number: int, pieces: Pieces) -> None:
        piece = blob.at[number]
        self.sha256 = blob.sha256
        self.volume, self.end = piece.volume, piece.offset + piece.length
        self._part: Path = pieces.draft(blob.sha256, number)
        self._whole: Path = pieces.path(blob.sha256, number)
        self._file: FileIO | None = None
        self.next = piece.offset + self._came(piece.length)

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return self.end - self.next

    def add(self, data: bytes | memoryview) -> None:
        """Append what comes next; with its last byte the piece is whole."""
        if self._file is None:
            self._file = self._part.open("ab", buffering=0)
        view = memoryview(data)
        while view:  # a raw file may take less than it is given
            written = self._file.write(view)
            self.next += written
            view = view[written:]
        if not self.left:
            self.close()
            self._part.replace(self._whole)

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _came(self, length: int) -> int:
        """Bytes that are here; a draft that is too long is none."""
        try:
            came = self._part.stat().st_size
        except FileNotFoundError:
            return 0
        if came <= length:
            return came
        self._part.unlink()
        return 0


def drafts_of(blobs: Iterable[BlobEntry], pieces: Pieces) -> list[Draft]:
    """What is not here whole of these blobs, in the order in which it stands in the volumes.

    A draft may have nothing left to come: ``finish`` gives it its name.
    """
    drafts = [
        Draft(blob, number, pieces)
        for blob in blobs
        for number in range(len(blob.at))
        if not pieces.has(blob.sha256, number)
    ]
    return sorted(drafts, key=lambda draft: (draft.volume, draft.next))


def finish(drafts: Iterable[Draft]) -> list[Draft]:
    """Name those that lack no byte (empty files; cut before the renaming); return the others."""
    lacking = []
    for draft in drafts:
        if draft.left:
            lacking.append(draft)
        else:
            draft.add(b"")
    return lacking
