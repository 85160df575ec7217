"""The manifest of a pack: its shape, and how it is written down.

Reading one that came from outside is ``manifest_parser``; this module only holds what is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from offline_pack.format import strictjson

FORMAT = "yelenpack"
VERSION = 1
PAYLOAD_TYPE = "yelenpack/1"

RAW = "raw"
ZSTD = "zstd"
ZPATCH = "zpatch"
ENCODINGS = (RAW, ZSTD, ZPATCH)

BASE = "base"
VOLUMES = "volumes"
KNOWN_FEATURES = frozenset({ZSTD, ZPATCH, BASE, VOLUMES})

CORE_GROUP = "core"
MAX_MANIFEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Release:
    """Another release of the same pack line."""

    rev: int
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are all there or not at all."""

    id: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Requires:
    """What the reader must have; None and empty ask for nothing."""

    course_schema: tuple[int, ...] = ()  # one of them
    edge_min: str | None = None  # software version, included
    edge_max_excl: str | None = None
    h5p_core: str | None = None  # least version


@dataclass(frozen=True, slots=True)
class Totals:
    raw: int  # bytes
    stored: int  # bytes
    blobs: int
    files: int
    max_blob: int  # bytes, raw


@dataclass(frozen=True, slots=True)
class Piece:
    """Where stored bytes are: ``length`` bytes from ``offset`` of a volume.

    ``sha256`` is that of these very bytes; only the pieces of a blob that has several have one.
    """

    volume: int  # from 0
    offset: int
    length: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class BlobEntry:
    sha256: str  # of the raw bytes
    size: int  # bytes, raw
    encoding: str  # "raw", "zstd" or "zpatch"
    stored: int  # bytes
    at: tuple[Piece, ...] = ()
    base: str = ""  # SHA-256 of the blob a patch is made against


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A name for a blob, for people and tools; never a path on disk."""

    path: str
    sha256: str
    media_type: str
    group: str = CORE_GROUP


@dataclass(frozen=True, slots=True)
class Manifest:
    pack: UUID
    rev: int
    released_at: datetime  # aware, UTC, whole seconds
    title: Mapping[str, str]  # language tag -> title
    default_lang: str
    course: str  # SHA-256 of the course document
    files: tuple[FileEntry, ...] = ()
    blobs: tuple[BlobEntry, ...] = ()  # ascending by sha256
    volumes: tuple[int, ...] = (0,)  # bytes each
    langs: tuple[str, ...] = ()
    groups: tuple[Group, ...] = (Group(CORE_GROUP),)
    requires: Requires = field(default_factory=Requires)
    critical: tuple[str, ...] = ()
    prev: Release | None = None
    base: Release | None = None  # of a delta pack: the release that must be there already

    @property
    def features(self) -> tuple[str, ...]:
        """What a reader must know to use the pack: the value of ``critical``."""
        found = {blob.encoding for blob in self.blobs} - {RAW}
        found |= {BASE} if self.base else set()
        found |= {VOLUMES} if len(self.volumes) > 1 else set()
        return tuple(sorted(found))

    @property
    def totals(self) -> Totals:
        return Totals(
            raw=sum(blob.size for blob in self.blobs),
            stored=sum(blob.stored for blob in self.blobs),
            blobs=len(self.blobs),
            files=len(self.files),
            max_blob=max((blob.size for blob in self.blobs), default=0),
        )

    @property
    def size(self) -> int:
        """Bytes of all volumes together."""
        return sum(self.volumes)

    def title_in(self, language: str) -> str:
        """The title in that language, else in the pack's own."""
        return self.title.get(language) or self.title[self.default_lang]

    def to_bytes(self) -> bytes:
        """The exact bytes that are signed."""
        return strictjson.canonical(_document(self))


def manifest_hash(data: bytes) -> str:
    """What names one build of one release: SHA-256 of the exact manifest bytes."""
    return hashlib.sha256(data).hexdigest()


def _document(manifest: Manifest) -> dict[str, Any]:
    totals = manifest.totals
    return {
        "format": FORMAT,
        "v": VERSION,
        "critical": list(manifest.critical),
        "pack": str(manifest.pack),
        "rev": manifest.rev,
        "released_at": manifest.released_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "prev": _release(manifest.prev),
        "base": _release(manifest.base),
        "title": dict(manifest.title),
        "langs": list(manifest.langs),
        "default_lang": manifest.default_lang,
        "requires": _requires(manifest.requires),
        "groups": [_group(group) for group in manifest.groups],
        "volumes": list(manifest.volumes),
        "totals": {
            "raw": totals.raw,
            "stored": totals.stored,
            "blobs": totals.blobs,
            "files": totals.files,
            "max_blob": totals.max_blob,
        },
        "course": manifest.course,
        "files": [
            {"p": item.path, "b": item.sha256, "m": item.media_type, "g": item.group}
            for item in manifest.files
        ],
        "blobs": [_blob(blob) for blob in manifest.blobs],
    }


def _blob(blob: BlobEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "h": blob.sha256,
        "n": blob.size,
        "e": blob.encoding,
        "s": blob.stored,
        "at": [_piece(piece) for piece in blob.at],
    }
    return document | {"x": blob.base} if blob.base else document


def _piece(piece: Piece) -> list[Any]:
    place: list[Any] = [piece.volume, piece.offset, piece.length]
    return [*place, piece.sha256] if piece.sha256 else place


def _group(group: Group) -> dict[str, Any]:
    return {"id": group.id, "optional": True} if group.optional else {"id": group.id}


def _release(release: Release | None) -> dict[str, Any] | None:
    if release is None:
        return None
    return {"rev": release.rev, "manifest_sha256": release.manifest_sha256}


def _requires(requires: Requires) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if requires.course_schema:
        document["course_schema"] = list(requires.course_schema)
    edge = {"min": requires.edge_min, "max_excl": requires.edge_max_excl}
    if any(edge.values()):
        document["edge"] = {key: value for key, value in edge.items() if value}
    if requires.h5p_core:
        document["h5p_core"] = requires.h5p_core
    return document
