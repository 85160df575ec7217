"""Packs that come piece by piece (volumes on several sticks, a download): what waits for the rest.

``<blobs>/arriving/<manifest_sha256>/`` holds the pieces, and ``pack.json``, the signed manifest's
exact bytes, written before the first piece and before the pack's first blob enters the store.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from courses.conf import blob_folder
from offline_pack.format import strictjson
from offline_pack.format.errors import StrictJSONError
from offline_pack.format.manifest import MAX_MANIFEST
from offline_pack.models import Release

MANIFEST = "pack.json"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A pack of which some is here."""

    folder: Path
    pack: UUID
    rev: int
    blobs: frozenset[str]  # SHA-256 of all it brings


class UnknownArrivalError(Exception):
    """Something arrives, and nothing says what: any file in the store may belong to it."""


def arriving_folder() -> Path:
    return blob_folder() / "arriving"


def arrivals() -> list[Arrival]:
    """All that arrive now, but what is damaged; raises ``UnknownArrivalError``."""
    return [arrival for folder in _folders() if (arrival := _read(folder))]


def clear_arrivals(present: set[str]) -> None:
    """Remove what came of packs that are damaged, here whole, or overtaken by a newer one.

    ``present`` are the blobs of the store. The caller holds the import lock.
    """
    newest = {release.pack: release.rev for release in Release.objects.order_by("rev")}
    for folder in _folders():
        with suppress(UnknownArrivalError):
            if _is_over(_read(folder), newest, present):
                shutil.rmtree(folder, ignore_errors=True)


def _is_over(arrival: Arrival | None, newest: dict[UUID, int], present: set[str]) -> bool:
    if arrival is None:
        return True
    rev = newest.get(arrival.pack, 0)
    return arrival.rev < rev or (arrival.rev == rev and arrival.blobs <= present)


def _folders() -> list[Path]:
    if not arriving_folder().is_dir():
        return []
    return sorted(entry for entry in arriving_folder().iterdir() if entry.is_dir())


def _read(folder: Path) -> Arrival | None:
    """None when the manifest is damaged: the pieces are of no use then."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise UnknownArrivalError(folder.name) from error
    try:
        if hashlib.sha256(data).hexdigest() != folder.name:
            raise ValueError(folder.name)
        document = strictjson.loads(data, max_size=MAX_MANIFEST)
        blobs = frozenset(blob["h"] for blob in document["blobs"])
        return Arrival(folder, UUID(document["pack"]), int(document["rev"]), blobs)
    except (StrictJSONError, KeyError, TypeError, ValueError):
        return None
