"""Packs of which some came: what is still to come, for the manager, and how to give one up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from offline_pack.errors import ImportBusyError
from offline_pack.format.errors import PackFormatError
from offline_pack.format.manifest import BlobEntry, Manifest, manifest_hash
from offline_pack.format.manifest_parser import parse_manifest
from offline_pack.installing.importer import one_import
from offline_pack.locking import LockedError, machine_lock
from offline_pack.remote.notes import forget_room
from offline_pack.store import contents
from offline_pack.store.arrivals import MANIFEST, arriving_folder


@dataclass(frozen=True, slots=True)
class Coming:
    """A pack that is here in part."""

    manifest_sha256: str
    pack: UUID
    title: str
    version: int
    size: int  # bytes of the whole pack
    to_come: int  # bytes that are neither in the store nor kept
    parts_missing: tuple[int, ...]  # files, counted from 1
    parts_total: int

    @property
    def percent(self) -> int:
        """How much of it is here, 0..100."""
        return max(0, 100 - 100 * self.to_come // self.size) if self.size else 0


def packs_coming() -> list[Coming]:
    """All that arrive now, by title; what is damaged is left out."""
    if not arriving_folder().is_dir():
        return []
    folders = (entry for entry in arriving_folder().iterdir() if entry.is_dir())
    found = [coming for folder in folders if (coming := _read(folder))]
    return sorted(found, key=lambda coming: (coming.title, coming.version))


def give_up(manifest_sha256: str) -> None:
    """Delete what came of a pack; raises ``ImportBusyError`` while one is being taken."""
    with _no_download(), one_import():
        forget_room(manifest_sha256)


@contextmanager
def _no_download() -> Iterator[None]:
    try:
        with machine_lock("download"):
            yield
    except LockedError as error:
        raise ImportBusyError("a pack is being downloaded") from error


def _read(folder: Path) -> Coming | None:
    try:
        data = (folder / MANIFEST).read_bytes()
        if manifest_hash(data) != folder.name:
            return None
        manifest = parse_manifest(data, meta_end=0)
    except (OSError, PackFormatError):
        return None
    return _described(folder, manifest)


def _described(folder: Path, manifest: Manifest) -> Coming:
    lacking = [
        piece
        for blob in contents.missing_blobs(manifest)
        for number, piece in enumerate(blob.at)
        if not _is_kept(folder, blob, number)
    ]
    return Coming(
        manifest_sha256=folder.name,
        pack=manifest.pack,
        title=manifest.title_in(manifest.default_lang),
        version=manifest.rev,
        size=manifest.size,
        to_come=sum(piece.length for piece in lacking),
        parts_missing=tuple(sorted({piece.volume + 1 for piece in lacking})),
        parts_total=len(manifest.volumes),
    )


def _is_kept(folder: Path, blob: BlobEntry, number: int) -> bool:
    try:
        kept = (folder / f"{blob.sha256}.{number}").stat().st_size
    except OSError:
        return False
    return kept == blob.at[number].length
