"""A pack in, a course on offer: verify, stage, and switch in one commit.

Nothing is written before signature and manifest are good. Until the commit learners see the old
version, whole; after it the new one, whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.blobs import has_blob, note_unknown_blobs
from courses.errors import OutlineError
from courses.media_groups import groups_of
from courses.models import Course
from courses.outline import CourseOutline, from_dict
from courses.publishing import publish_outline
from offline_pack.errors import (
    CourseContentError,
    ImportBusyError,
    MissingBlobsError,
    NothingToGoBackToError,
    OlderPackError,
    OtherReleaseError,
)
from offline_pack.format import strictjson
from offline_pack.format.errors import BaseMissingError, StrictJSONError
from offline_pack.format.manifest import CORE_GROUP, BlobEntry, Manifest
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import Progress
from offline_pack.installing.gathering import ABILITIES, open_with_volumes
from offline_pack.installing.taking import take_blobs
from offline_pack.installing.withdrawing import check_not_withdrawn
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import Release
from offline_pack.signals import pack_installed
from offline_pack.store import contents
from offline_pack.store.disk_words import disk_in_words
from offline_pack.store.keeping import note_in_use, releases_to_go_back_to
from offline_pack.store.pieces import Pieces
from offline_pack.store.repairing import note_repairs
from offline_pack.trust.chain import accept_trust_chain

MAX_DOCUMENT = 64 * 1024 * 1024  # bytes of a course document
MAX_DOCUMENT_VALUES = 4_000_000
MAX_DOCUMENT_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Installed:
    """How an import ended; ``changed`` is False when that very version was in use already."""

    course: Course
    rev: int
    changed: bool
    repaired: int = 0  # files that were missing although this version was in use


@dataclass(frozen=True, slots=True)
class Arrived:
    """Some volumes of a pack were taken; the others are still to come."""

    title: str
    rev: int
    missing: tuple[int, ...]  # volumes, counted from 1
    total: int


def open_pack(path: Path, *, trusted: TrustedKeys) -> PackReader:
    """Open a pack that this software can use; raises a ``PackFormatError``."""
    return PackReader.open(path, trusted=trusted, abilities=ABILITIES)


def import_pack(
    path: Path, *, trusted: TrustedKeys, progress: Progress | None = None
) -> Installed | Arrived:
    """Install a pack, with all its volumes that lie beside ``path``.

    Safe to run again, after success and after any interruption. Raises ``PackFormatError`` or
    ``OfflinePackError``; then what learners see has not changed.
    """
    with one_import(), open_with_volumes(path, trusted=trusted) as pack:
        return install(pack, progress=progress)


def install(
    pack: PackReader,
    *,
    check_all: bool = True,
    without: Collection[str] = (),
    progress: Progress | None = None,
) -> Installed | Arrived:
    """Take what the pack holds, and switch once all of it is here; needs ``one_import``.

    ``without`` are groups that nobody asked for.
    """
    manifest, pieces = pack.manifest, Pieces(pack)
    accept_trust_chain(pack.meta.trust)
    check_not_withdrawn(manifest.pack, rev=manifest.rev)
    check_order(manifest, newest=newest_releases().get(manifest.pack))
    pack.kept, pack.read_base = pieces, contents.read_stored
    missing = contents.missing_blobs(manifest, without=without)
    _check_bases(manifest, missing)
    outline = read_outline(pack) if _document_is_here(pack) else None
    taking = tuple(blob for blob in missing if pack.is_at_hand(blob))
    contents.check_room(contents.room_for(manifest, taking))
    if len(taking) < len(missing):
        pieces.begin()
    take_blobs(pack, missing, pieces=pieces, check_all=check_all, progress=progress)
    if still := contents.missing_blobs(manifest, without=without):
        return _arrived(pack, still, pieces)
    installed = _switch(pack, outline or read_outline(pack), repaired=len(missing))
    pieces.forget()
    note_repairs()
    return installed


def rollback_pack(course: Course) -> Course:
    """Go back to the version before, as it is kept here; raises ``NothingToGoBackToError``."""
    with one_import(), transaction.atomic():
        release = releases_to_go_back_to(course).first()
        if release is None:
            raise NothingToGoBackToError(course.slug)
        earlier = course.versions.get(version=release.rev)
        outline = earlier.outline()
        groups = groups_of(outline)
        needed = [sha256 for sha256 in outline.blobs() if groups[sha256] == CORE_GROUP]
        if gone := tuple(sha256 for sha256 in needed if not has_blob(sha256)):
            raise MissingBlobsError(gone)
        note_in_use(release)
        return publish_outline(outline, version=earlier.version, published_at=earlier.published_at)


def newest_releases() -> dict[UUID, Release]:
    """The newest release ever installed of each pack line."""
    return {release.pack: release for release in Release.objects.order_by("rev")}


def check_order(manifest: Manifest, *, newest: Release | None) -> None:
    """Refuse a pack older than ``newest``, or a second content for the same version."""
    if newest is None:
        return
    if manifest.rev < newest.rev:
        raise OlderPackError(offered=manifest.rev, installed=newest.rev)
    if manifest.rev == newest.rev and manifest.course != newest.course_sha256:
        raise OtherReleaseError(rev=manifest.rev)


@contextmanager
def one_import() -> Iterator[None]:
    """Hold the store; raises ``ImportBusyError`` while somebody else does."""
    try:
        with machine_lock("import"), disk_in_words():
            yield
    except LockedError as error:
        raise ImportBusyError("another pack is being installed") from error


def read_outline(pack: PackReader) -> CourseOutline:
    """The course document, checked against the manifest that carries it and the store."""
    outline = read_document(pack)
    _check_whole(pack.manifest, outline)
    return outline


def read_document(pack: PackReader) -> CourseOutline:
    """The course as the pack describes it, whether or not all of its files are there."""
    try:
        outline = from_dict(_parse(_document(pack)))
    except (StrictJSONError, OutlineError) as error:
        raise CourseContentError(str(error)) from error
    if outline.id != pack.manifest.pack:
        raise CourseContentError("it is another course than the pack's")
    return outline


def _check_whole(manifest: Manifest, outline: CourseOutline) -> None:
    """All the course needs is in the pack; of a delta, in the pack or here already.

    Media in a group that the pack does not have may be absent.
    """
    carried = {blob.sha256: blob.size for blob in manifest.blobs}
    absent = [
        sha256
        for sha256, blob in outline.blobs().items()
        if carried.get(sha256) != blob.size and not (manifest.base and contents.is_stored(blob))
    ]
    if not absent:
        return
    groups = groups_of(outline)
    needed = {CORE_GROUP} | (set() if manifest.base else {group.id for group in manifest.groups})
    lacking = tuple(sha256 for sha256 in absent if groups[sha256] in needed)
    if lacking and manifest.base:
        raise BaseMissingError(lacking, rev=manifest.base.rev)
    if lacking:
        raise MissingBlobsError(lacking)


def _check_bases(manifest: Manifest, missing: tuple[BlobEntry, ...]) -> None:
    """What patches stand on must be here before anything is written."""
    bases = {blob.base for blob in missing if blob.base}
    if gone := tuple(sorted(base for base in bases if not has_blob(base))):
        raise BaseMissingError(gone, rev=manifest.base.rev if manifest.base else 0)


def _document_is_here(pack: PackReader) -> bool:
    entry = pack.entry(pack.manifest.course)
    return pack.is_at_hand(entry) or contents.is_stored(entry)


def _document(pack: PackReader) -> bytes:
    entry = pack.entry(pack.manifest.course)
    if pack.is_at_hand(entry):
        return pack.read_blob(entry.sha256, limit=MAX_DOCUMENT)
    return contents.read_stored(entry.sha256) or b""


def _arrived(pack: PackReader, missing: tuple[BlobEntry, ...], pieces: Pieces) -> Arrived:
    """Some is here; say what is still to come."""
    volumes = {
        piece.volume + 1
        for blob in missing
        for number, piece in enumerate(blob.at)
        if not pieces.has(blob.sha256, number)
    }
    manifest = pack.manifest
    title = manifest.title_in(manifest.default_lang)
    return Arrived(title, manifest.rev, tuple(sorted(volumes)), len(manifest.volumes))


def _parse(data: bytes) -> dict[str, Any]:
    return strictjson.loads(
        data,
        max_size=MAX_DOCUMENT,
        max_depth=MAX_DOCUMENT_DEPTH,
        max_values=MAX_DOCUMENT_VALUES,
        any_number=True,
    )


@transaction.atomic
def _switch(pack: PackReader, outline: CourseOutline, *, repaired: int) -> Installed:
    """Rows of the course and of the release, in one commit: that commit is the switch."""
    manifest = pack.manifest
    on_offer = Course.objects.current().filter(pk=outline.id)
    before = on_offer.values_list("version", flat=True).first()
    release = Release.objects.filter(pack=manifest.pack, rev=manifest.rev).first()
    if release and before == manifest.rev:
        note_unknown_blobs(list(outline.blobs().values()))
        note_in_use(release)
        return Installed(on_offer.get(), manifest.rev, changed=False, repaired=repaired)
    course = publish_outline(outline, version=manifest.rev, published_at=manifest.released_at)
    note_unknown_blobs(list(outline.blobs().values()))
    note_in_use(release or _new_release(pack))
    transaction.on_commit(
        partial(
            pack_installed.send_robust,
            sender=Release,
            course_id=outline.id,
            rev=manifest.rev,
            previous=before,
        )
    )
    return Installed(course, manifest.rev, changed=True)


def _new_release(pack: PackReader) -> Release:
    manifest = pack.manifest
    return Release.objects.create(
        pack=manifest.pack,
        rev=manifest.rev,
        manifest_sha256=pack.manifest_sha256,
        course_sha256=manifest.course,
        key_id=pack.key.key_id,
        size=pack.size,
        released_at=manifest.released_at,
        installed_at=timezone.now(),
    )
