"""Where packs lie within reach: the stick, and what was brought here by upload."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from offline_pack.conf import received_folder, usb_folder
from offline_pack.errors import PackNotFoundError
from offline_pack.format.errors import PackFormatError
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.gathering import ENDING
from offline_pack.installing.importer import open_pack
from offline_pack.stick import shown

PLACES = ("usb", "received")
_LEVELS = 2  # the stick itself, and its folders


def place_folder(place: str) -> Path:
    """The folder behind ``usb`` or ``received``; raises ``PackNotFoundError``."""
    folders = {"usb": usb_folder(), "received": received_folder()}
    if place not in folders:
        raise PackNotFoundError(place)
    return folders[place]


def packs_in(folder: Path) -> list[Path]:
    """The pack files of a folder and of the folders in it, by name."""
    return sorted(_walk(folder, levels=_LEVELS))


def chosen_pack(place: str, name: str) -> Path:
    """The file a person chose on the page; only a listed one, so no path can lead elsewhere."""
    folder = place_folder(place)
    for path in packs_in(folder):
        if name_in(folder, path) == name:
            return path
    raise PackNotFoundError(name)


def name_in(folder: Path, path: Path) -> str:
    return shown(path.relative_to(folder))


def newest_of_each(paths: list[Path], *, trusted: TrustedKeys) -> list[Path]:
    """The newest pack of each course; those that cannot be read are kept, to be refused."""
    newest: dict[UUID, tuple[int, Path]] = {}
    unreadable = []
    for path in paths:
        try:
            with open_pack(path, trusted=trusted) as pack:
                line, rev = pack.manifest.pack, pack.manifest.rev
        except PackFormatError:
            unreadable.append(path)
            continue
        if line not in newest or newest[line][0] < rev:
            newest[line] = (rev, path)
    return sorted([path for _rev, path in newest.values()] + unreadable)


def _walk(folder: Path, *, levels: int) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # no stick, or it was just pulled out
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False) and levels > 1:
            yield from _walk(Path(entry.path), levels=levels - 1)
        elif entry.name.lower().endswith(ENDING) and entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
