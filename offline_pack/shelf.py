"""The packs within reach: on the stick, or brought here by upload. Looking changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from courses.models import Course
from offline_pack import store
from offline_pack.conf import received_folder, usb_folder
from offline_pack.errors import OfflinePackError, PackNotFoundError, WithdrawnPackError
from offline_pack.explain import EXPECTED, Explanation, Way, explain_error
from offline_pack.format.errors import PackFormatError
from offline_pack.format.manifest import BlobEntry, Manifest
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import TrustedKeys
from offline_pack.importer import check_order, newest_releases, open_pack
from offline_pack.models import Release
from offline_pack.repairing import blobs_to_repair
from offline_pack.withdrawing import withdrawn_releases

ENDING = ".pack"
MAX_LISTED = 200  # packs: a page is not the place for more
_LEVELS = 2  # the stick itself, and its folders


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A file that calls itself a pack, and what is to be said of it.

    ``refusal`` is why it cannot be installed; when ``is_trusted`` is False it comes from the file
    itself, and only its place, name and size are known. An older pack is no trouble, so it has
    no refusal: ``is_past`` says it all.
    """

    place: str  # "usb" or "received"
    name: str  # path below that place
    size: int  # bytes
    title: str = ""
    version: int | None = None
    pack: UUID | None = None
    signer: str = ""
    fingerprint: str = ""
    needed: int = 0  # bytes to be written
    installed: int | None = None  # version learners see now
    mends: int = 0  # files found damaged here that it brings back
    refusal: Explanation | None = None
    is_trusted: bool = False
    is_past: bool = False  # a newer one was installed here before
    has_newer: bool = False  # a newer one that can be installed is within reach

    @property
    def is_installed(self) -> bool:
        """In use here, and all of it sound as far as is known."""
        return self.version is not None and self.version == self.installed and not self.mends

    @property
    def can_install(self) -> bool:
        return self.is_trusted and not (self.refusal or self.is_past or self.is_installed)

    @property
    def is_update(self) -> bool:
        """Newer than what learners see, or a course they do not see yet."""
        if self.version is None:
            return False
        return self.installed is None or self.installed < self.version


@dataclass(frozen=True, slots=True)
class _Here:
    """What this installation knows, asked once for all packs."""

    trusted: TrustedKeys
    versions: dict[UUID, int]  # that learners see, by course
    newest: dict[UUID, Release]  # ever installed, by course
    lacking: frozenset[str]  # SHA-256 of files found damaged
    withdrawn: frozenset[tuple[UUID, int]]  # course and version


def place_folder(place: str) -> Path:
    """The folder behind ``usb`` or ``received``; raises ``PackNotFoundError``."""
    folders = {"usb": usb_folder(), "received": received_folder()}
    if place not in folders:
        raise PackNotFoundError(place)
    return folders[place]


def packs_within_reach(*, trusted: TrustedKeys) -> list[FoundPack]:
    """Every pack on the stick and among those received, those one can install first.

    Each is read as far as its table of contents.
    """
    listed = [
        (place, path) for place in ("usb", "received") for path in packs_in(place_folder(place))
    ]
    versions = dict(Course.objects.current().values_list("pk", "version"))
    here = _Here(
        trusted,
        versions,
        newest_releases(),
        frozenset(blobs_to_repair()),
        withdrawn_releases(),
    )
    found = _compared([_look_at(place, path, here) for place, path in listed[:MAX_LISTED]])
    return sorted(found, key=lambda pack: (not pack.can_install, pack.has_newer, pack.is_past))


def packs_in(folder: Path) -> list[Path]:
    """The pack files of a folder and of the folders in it, by name."""
    return sorted(_walk(folder, levels=_LEVELS))


def chosen_pack(place: str, name: str) -> Path:
    """The file a person chose on the page; only a listed one, so no path can lead elsewhere."""
    folder = place_folder(place)
    for path in packs_in(folder):
        if str(path.relative_to(folder)) == name:
            return path
    raise PackNotFoundError(name)


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


def _look_at(place: str, path: Path, here: _Here) -> FoundPack:
    name = str(path.relative_to(place_folder(place)))
    try:
        with open_pack(path, trusted=here.trusted) as pack:
            return _described(place, name, pack, here)
    except EXPECTED as error:
        return FoundPack(place, name, _size(path), refusal=explain_error(error, way=Way(place)))


def _compared(found: list[FoundPack]) -> list[FoundPack]:
    """Each pack, told whether a newer one of its course lies beside it."""
    newest: dict[UUID, int] = {}
    for pack in found:
        if pack.can_install and pack.pack and pack.version:
            newest[pack.pack] = max(pack.version, newest.get(pack.pack, 0))
    return [
        replace(pack, has_newer=bool(pack.pack and (pack.version or 0) < newest.get(pack.pack, 0)))
        for pack in found
    ]


def _described(place: str, name: str, pack: PackReader, here: _Here) -> FoundPack:
    manifest = pack.manifest
    missing = store.missing_blobs(manifest)
    newest, installed = here.newest.get(manifest.pack), here.versions.get(manifest.pack)
    is_past = manifest.rev < max(newest.rev if newest else 0, installed or 0)
    return FoundPack(
        place=place,
        name=name,
        size=pack.size,
        title=manifest.title_in(manifest.default_lang),
        version=manifest.rev,
        pack=manifest.pack,
        signer=pack.key.owner,
        fingerprint=pack.key.fingerprint,
        needed=sum(blob.size for blob in missing),
        installed=installed,
        mends=sum(1 for blob in missing if blob.sha256 in here.lacking),
        refusal=None if is_past else _refusal(manifest, missing, here),
        is_trusted=True,
        is_past=is_past,
    )


def _refusal(
    manifest: Manifest, missing: tuple[BlobEntry, ...], here: _Here
) -> Explanation | None:
    try:
        if (manifest.pack, manifest.rev) in here.withdrawn:
            raise WithdrawnPackError(version=manifest.rev)
        check_order(manifest, newest=here.newest.get(manifest.pack))
        store.check_room(store.room_for(manifest, missing))
    except OfflinePackError as error:
        return explain_error(error)
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the stick was pulled out meanwhile
        return 0
