"""The packs within reach: on the stick, or brought here by upload. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from offline_pack.errors import NotEnoughSpaceError, OfflinePackError, WithdrawnPackError
from offline_pack.format.errors import BaseMissingError, PackFormatError
from offline_pack.format.manifest import CORE_GROUP, BlobEntry, Manifest, manifest_hash
from offline_pack.format.meta import read_meta
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import FileSource
from offline_pack.installations import versions_in_use
from offline_pack.installing.importer import check_order, newest_releases, open_pack
from offline_pack.installing.withdrawing import withdrawn_releases
from offline_pack.media_words import media_in_words
from offline_pack.models import Release
from offline_pack.shelf.places import PLACES, name_in, packs_in, place_folder
from offline_pack.store import contents
from offline_pack.store.pieces import Pieces
from offline_pack.store.repairing import blobs_to_repair
from offline_pack.words.explain import EXPECTED, Explanation, Way, explain_error

MAX_LISTED = 200  # files: a page is not the place for more


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A pack, in one file or several that lie in one folder, and what is to be said of it.

    ``refusal`` is why it cannot be installed; when ``is_trusted`` is False it comes from the file
    itself, and only its place, name and size are known. An older pack is no trouble, so it has
    no refusal: ``is_past`` says it all.
    """

    place: str  # "usb" or "received"
    name: str  # path below that place; of several files, one of them
    size: int  # bytes, of all its files, here or not
    title: str = ""
    version: int | None = None
    pack: UUID | None = None
    manifest_sha256: str = ""
    signer: str = ""
    fingerprint: str = ""
    needed: int = 0  # bytes to be written
    installed: int | None = None  # version learners see now
    base_version: int | None = None  # of a delta
    media: tuple[str, ...] = ()  # groups besides the core, such as "audio:fr" and "video:240p"
    parts: tuple[int, ...] = (1,)  # files found, counted from 1
    parts_missing: tuple[int, ...] = ()  # neither found nor taken before
    parts_total: int = 1
    mends: int = 0  # files found damaged here that it brings back
    refusal: Explanation | None = None
    lacking: int = 0  # bytes of room; with a refusal for want of it
    reclaimable: int = 0  # bytes that old versions would give back; likewise
    is_trusted: bool = False
    is_past: bool = False  # a newer one was installed here before
    is_withdrawn: bool = False  # taken back by the centre
    has_newer: bool = False  # a newer one that can be installed is within reach
    brings_nothing: bool = False  # what is found of it was taken before; the rest is elsewhere
    job: UUID | None = None  # that installs it now

    @property
    def is_installed(self) -> bool:
        """In use here, and all of it sound as far as is known."""
        in_use = self.version is not None and self.version == self.installed
        return in_use and not self.mends and not self.needed

    @property
    def adds_media(self) -> bool:
        """The version in use, with sound or video that is not here."""
        return self.version == self.installed and bool(self.needed) and not self.mends

    @property
    def media_words(self) -> str:
        return media_in_words(self.media)

    @property
    def can_install(self) -> bool:
        if not self.is_trusted or self.refusal or self.is_past:
            return False
        return not (self.is_installed or self.brings_nothing or self.job)

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


def packs_within_reach(*, trusted: TrustedKeys) -> list[FoundPack]:
    """Every pack on the stick and among those received, those one can install first.

    Each file is read as far as its table of contents.
    """
    listed = [(place, path) for place in PLACES for path in packs_in(place_folder(place))]
    here = _Here(
        trusted,
        versions_in_use(),
        newest_releases(),
        frozenset(blobs_to_repair()),
        withdrawn_releases(),
    )
    found = _compared([_look_at(paths, here) for paths in _together(listed[:MAX_LISTED])])
    return sorted(found, key=lambda pack: (not pack.can_install, pack.has_newer, pack.is_past))


def _together(listed: Iterable[tuple[str, Path]]) -> list[list[tuple[str, Path]]]:
    """The files of one pack that lie in one folder together; any other alone."""
    packs: dict[tuple[Path, str], list[tuple[str, Path]]] = {}
    for place, path in listed:
        packs.setdefault((path.parent, _pack_of(path)), []).append((place, path))
    return list(packs.values())


def _pack_of(path: Path) -> str:
    """What the files of one pack have in common; for no pack, the file's own name."""
    try:
        with FileSource(path) as source:
            return manifest_hash(read_meta(source).manifest)
    except PackFormatError:
        return path.name


def _look_at(listed: list[tuple[str, Path]], here: _Here) -> FoundPack:
    # The first volume has the shortest name, and people know the pack by it.
    (place, path), *others = sorted(listed, key=lambda item: len(item[1].name))
    name = name_in(place_folder(place), path)
    try:
        with open_pack(path, trusted=here.trusted) as pack:
            for _place, other in others:
                pack.add_volume(other)
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
    manifest, pieces = pack.manifest, Pieces(pack)
    missing = contents.missing_blobs(manifest)
    lacking = parts_to_come(manifest, missing, pieces)
    parts = {number + 1 for number in pack.volumes}
    newest, installed = here.newest.get(manifest.pack), here.versions.get(manifest.pack)
    is_past = manifest.rev < max(newest.rev if newest else 0, installed or 0)
    found = FoundPack(
        place=place,
        name=name,
        size=pack.size,
        title=manifest.title_in(manifest.default_lang),
        version=manifest.rev,
        pack=manifest.pack,
        manifest_sha256=pack.manifest_sha256,
        signer=pack.key.owner,
        fingerprint=pack.key.fingerprint,
        needed=sum(blob.size for blob in missing),
        installed=installed,
        base_version=manifest.base.rev if manifest.base else None,
        media=tuple(group.id for group in manifest.groups if group.id != CORE_GROUP),
        parts=tuple(sorted(parts)),
        parts_missing=tuple(sorted(lacking - parts)),
        parts_total=len(manifest.volumes),
        mends=sum(1 for blob in missing if blob.sha256 in here.lacking),
        is_trusted=True,
        is_past=is_past,
        brings_nothing=bool(lacking) and not lacking & parts,
    )
    return found if is_past else _judged(found, manifest, missing, here)


def parts_to_come(manifest: Manifest, missing: Iterable[BlobEntry], pieces: Pieces) -> set[int]:
    """The volumes, from 1, that hold something neither in the store nor kept on its way there."""
    return {
        piece.volume + 1
        for blob in missing
        for number, piece in enumerate(blob.at)
        if not pieces.has(blob.sha256, number)
    }


def _judged(
    found: FoundPack, manifest: Manifest, missing: tuple[BlobEntry, ...], here: _Here
) -> FoundPack:
    """The pack, with the reason why it cannot be installed if there is one."""
    try:
        if (manifest.pack, manifest.rev) in here.withdrawn:
            raise WithdrawnPackError(version=manifest.rev)
        _check_base(manifest, found.installed)
        check_order(manifest, newest=here.newest.get(manifest.pack))
        contents.check_room(contents.room_for(manifest, missing))
    except NotEnoughSpaceError as error:
        return replace(
            found,
            refusal=explain_error(error),
            lacking=error.needed - error.free,
            reclaimable=error.reclaimable,
        )
    except (OfflinePackError, PackFormatError) as error:
        taken_back = isinstance(error, WithdrawnPackError)
        return replace(found, refusal=explain_error(error), is_withdrawn=taken_back)
    return found


def _check_base(manifest: Manifest, installed: int | None) -> None:
    """A delta goes with the version it was made against, or changes nothing."""
    if manifest.base and installed not in (manifest.base.rev, manifest.rev):
        raise BaseMissingError((), rev=manifest.base.rev)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the stick was pulled out meanwhile
        return 0
