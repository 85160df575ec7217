"""A pack with all of its volumes that lie in one folder, whatever else lies there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from courses.outline import SCHEMA
from offline_pack.format.errors import PackFormatError
from offline_pack.format.meta import read_meta
from offline_pack.format.reader import PackReader
from offline_pack.format.requirements import Abilities
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import FileSource
from offline_pack.store import read_stored

ENDING = ".pack"
ABILITIES = Abilities(course_schemas=frozenset(range(1, SCHEMA + 1)))


def open_with_volumes(path: Path, *, trusted: TrustedKeys) -> PackReader:
    """Open the pack that ``path`` is a volume of, with its other volumes beside it.

    Patches find their bases in the store. Raises a ``PackFormatError``; files of other packs are
    passed over, but a volume of this pack that was cut short is a ``PackSizeError``.
    """
    pack = PackReader.open(path, trusted=trusted, abilities=ABILITIES)
    pack.read_base = read_stored
    try:
        if len(pack.manifest.volumes) > 1:
            for other in _others(path):
                if _belongs(other, pack):
                    pack.add_volume(other)
    except BaseException:
        pack.close()
        raise
    return pack


def _others(path: Path) -> Iterator[Path]:
    for entry in sorted(path.parent.iterdir()):
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
