"""Room for a pack that does not come all at once: pieces wait here for the others.

A piece is the stored bytes of a blob, or a part of them; it comes from a volume on a stick or from
a download. Nothing here is believed: a blob is checked when its last piece is there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from offline_pack.format.manifest import BlobEntry
from offline_pack.format.reader import PackReader
from offline_pack.format.source import ByteSource, FileSource
from offline_pack.store.arrivals import MANIFEST, arriving_folder
from offline_pack.store.contents import sync_folder


class Pieces:
    """The pieces of one pack: ``<blobs>/arriving/<manifest_sha256>/<sha256>.<number>``."""

    def __init__(self, pack: PackReader) -> None:
        self.folder = arriving_folder() / pack.manifest_sha256
        self._pack = pack

    def begin(self) -> None:
        """Write down what arrives, before the first of it does: so nobody takes it for rubbish."""
        note = self.folder / MANIFEST
        if note.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = note.with_suffix(".part")
        with draft.open("wb") as target:
            target.write(self._pack.meta.manifest)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(note)
        sync_folder(self.folder)
        sync_folder(arriving_folder())

    def open(self, sha256: str, number: int) -> ByteSource | None:
        """A piece that is here whole; ``number`` counts from 0."""
        return FileSource(self.path(sha256, number)) if self.has(sha256, number) else None

    def has(self, sha256: str, number: int) -> bool:
        expected = self._pack.entry(sha256).at[number].length
        try:
            return self.path(sha256, number).stat().st_size == expected
        except FileNotFoundError:
            return False

    def keep(self, sha256: str, number: int, chunks: Iterable[bytes]) -> None:
        """Keep a piece; what fails on the way leaves nothing."""
        draft = self.draft(sha256, number)
        try:
            with draft.open("wb") as target:
                for chunk in chunks:
                    target.write(chunk)
            draft.replace(self.path(sha256, number))
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def path(self, sha256: str, number: int) -> Path:
        return self.folder / f"{sha256}.{number}"

    def draft(self, sha256: str, number: int) -> Path:
        """Where a piece stands until it is whole."""
        return self.folder / f"{sha256}.{number}.part"

    def drop(self, blob: BlobEntry) -> None:
        """Forget the pieces of a blob: it is in the store by now, or they were damaged."""
        for number in range(len(blob.at)):
            with suppress(FileNotFoundError):
                self.path(blob.sha256, number).unlink()

    def forget(self) -> None:
        """All of the pack is here, or nobody wants it any more."""
        shutil.rmtree(self.folder, ignore_errors=True)
