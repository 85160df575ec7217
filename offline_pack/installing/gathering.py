"""A pack with all of its volumes that lie in one folder, whatever else lies there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from courses.models import CourseVersion
from courses.outline import SCHEMA, canonical_json
from offline_pack.format.errors import PackFormatError
from offline_pack.format.manifest import Manifest, manifest_hash
from offline_pack.format.meta import read_meta
from offline_pack.format.reader import PackReader
from offline_pack.format.requirements import Abilities
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import FileSource
from offline_pack.store.contents import read_stored

ENDING = ".pack"
ABILITIES = Abilities(course_schemas=frozenset(range(1, SCHEMA + 1)))


def open_with_volumes(path: Path, *, trusted: TrustedKeys) -> PackReader:
    """Open the pack that ``path`` is a volume of, with its other volumes beside it.

    Raises a ``PackFormatError``: files of other packs are passed over, but a volume of this one
    that was cut short is a ``PackSizeError``.
    """
    pack = PackReader.open(path, trusted=trusted, abilities=ABILITIES)
    pack.read_base = partial(read_base, pack.manifest)
    try:
        if len(pack.manifest.volumes) > 1:
            for other in _others(path):
                if _belongs(other, pack):
                    pack.add_volume(other)
    except BaseException:
        pack.close()
        raise
    return pack


def read_base(manifest: Manifest, sha256: str) -> bytes | None:
    """What a patch of that pack stands on: a file of the store, or the course as it was.

    A centre keeps earlier versions of a course as rows.
    """
    if (stored := read_stored(sha256)) is not None or manifest.base is None:
        return stored
    earlier = CourseVersion.objects.filter(course=manifest.pack, version=manifest.base.rev).first()
    document = canonical_json(earlier.document) if earlier else b""
    return document if manifest_hash(document) == sha256 else None


def _others(path: Path) -> Iterator[Path]:
    try:
        entries = sorted(path.parent.iterdir())
    except OSError:  # the stick was just pulled out: reading on will say so
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == path.name:
            continue
        if entry.name.lower().endswith(ENDING):
            yield entry


def _belongs(path: Path, pack: PackReader) -> bool:
    try:
        with FileSource(path) as source:
            return read_meta(source).manifest == pack.meta.manifest
    except PackFormatError:
        return False
