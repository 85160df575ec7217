"""Well-signed packs that an honest writer would not make."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from offline_pack.format import compression
from tests.offline_pack.format.building import hostile_pack, sha256

FIRST = 64 * 1024  # where the first blob stands; the head is smaller
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Crafted:
    """A blob of a crafted pack; ``size`` is what the manifest says."""

    stored: bytes
    size: int
    encoding: str = "raw"
    sha256: str = ""
    base: str = ""

    @property
    def name(self) -> str:
        return self.sha256 or sha256(self.stored)


def craft(path: Path, course: Crafted, *others: Crafted, pack: str) -> Path:
    """A pack of these blobs, under a manifest that a reader takes for an honest one."""
    place, rows = FIRST, {}
    for blob in (course, *others):
        rows[blob.name] = _row(blob, place)
        place += len(blob.stored)
    manifest = json.dumps(_document(list(rows.values()), course.name, pack, size=place)).encode()
    hostile_pack(path, manifest)
    with path.open("r+b") as opened:
        opened.seek(FIRST)
        for blob in (course, *others):
            opened.write(blob.stored)
    return path


def bomb(*, base: bytes | None = None, size: int = GIB) -> bytes:
    """A few kilobytes that become ``size`` bytes."""
    chunk = bytes(1024 * 1024)
    chunks = (chunk for _ in range(size // len(chunk)))
    return b"".join(compression.compress(chunks, size=size, base=base))


def compressed(content: bytes) -> bytes:
    return b"".join(compression.compress([content], size=len(content)))


def _row(blob: Crafted, place: int) -> dict:
    row = {"h": blob.name, "n": blob.size, "e": blob.encoding, "s": len(blob.stored)}
    return row | {"at": [[0, place, len(blob.stored)]]} | ({"x": blob.base} if blob.base else {})


def _document(rows: list[dict], course: str, pack: str, *, size: int) -> dict:
    rows = sorted(rows, key=lambda row: row["h"])
    return {
        "format": "yelenpack",
        "v": 1,
        "critical": ["base", "zpatch", "zstd"],
        "pack": pack,
        "rev": 9,
        "released_at": "2026-02-03T00:00:00Z",
        "prev": None,
        "base": {"rev": 1, "manifest_sha256": "0" * 64},
        "title": {"fr": "Maintenance"},
        "langs": ["fr"],
        "default_lang": "fr",
        "requires": {"course_schema": [1]},
        "groups": [{"id": "core"}],
        "volumes": [size],
        "totals": {
            "raw": sum(row["n"] for row in rows),
            "stored": sum(row["s"] for row in rows),
            "blobs": len(rows),
            "files": len(rows),
            "max_blob": max(row["n"] for row in rows),
        },
        "course": course,
        "files": [
            {"p": f"{number}.bin", "b": row["h"], "m": "application/json", "g": "core"}
            for number, row in enumerate(rows)
        ],
        "blobs": rows,
    }
