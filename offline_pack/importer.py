"""A pack in, a course on offer: verify, stage, and switch in one commit.

Nothing is written before signature and manifest are good. Until the commit learners see the old
version, whole; after it the new one, whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.blobs import has_blob, note_blobs
from courses.errors import OutlineError
from courses.models import Course
from courses.outline import SCHEMA, CourseOutline, from_dict
from courses.publishing import publish_outline
from offline_pack import store
from offline_pack.errors import (
    CourseContentError,
    ImportBusyError,
    MissingBlobsError,
    NothingToGoBackToError,
    OlderPackError,
    OtherReleaseError,
)
from offline_pack.format import strictjson
from offline_pack.format.errors import StrictJSONError
from offline_pack.format.manifest import Manifest
from offline_pack.format.reader import PackReader
from offline_pack.format.requirements import Abilities
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import Progress
from offline_pack.keeping import note_in_use, releases_to_go_back_to
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import Release
from offline_pack.signals import pack_installed

MAX_DOCUMENT = 64 * 1024 * 1024  # bytes of a course document
MAX_DOCUMENT_VALUES = 4_000_000
MAX_DOCUMENT_DEPTH = 64
ABILITIES = Abilities(course_schemas=frozenset(range(1, SCHEMA + 1)))


@dataclass(frozen=True, slots=True)
class Installed:
    """How an import ended; ``changed`` is False when that very version was in use already."""

    course: Course
    rev: int
    changed: bool


def open_pack(path: Path, *, trusted: TrustedKeys) -> PackReader:
    """Open a pack that this software can use; raises a ``PackFormatError``."""
    return PackReader.open(path, trusted=trusted, abilities=ABILITIES)


def import_pack(
    path: Path, *, trusted: TrustedKeys, progress: Progress | None = None
) -> Installed:
    """Install a pack. Safe to run again, after success and after any interruption.

    Raises ``PackFormatError`` or ``OfflinePackError``; then what learners see has not changed.
    """
    with _one_import(), open_pack(path, trusted=trusted) as pack:
        check_order(pack.manifest, newest=newest_releases().get(pack.manifest.pack))
        outline = _read_outline(pack)
        missing = store.missing_blobs(pack.manifest)
        store.check_room(store.room_for(pack.manifest, missing))
        store.take_blobs(pack, missing, progress=progress)
        return _switch(pack, outline)


def rollback_pack(course: Course) -> Course:
    """Go back to the version before, as it is kept here; raises ``NothingToGoBackToError``."""
    with _one_import(), transaction.atomic():
        release = releases_to_go_back_to(course).first()
        if release is None:
            raise NothingToGoBackToError(course.slug)
        earlier = course.versions.get(version=release.rev)
        outline = earlier.outline()
        gone = tuple(sha256 for sha256 in outline.blobs() if not has_blob(sha256))
        if gone:
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
def _one_import() -> Iterator[None]:
    try:
        with machine_lock("import"):
            yield
    except LockedError as error:
        raise ImportBusyError("another pack is being installed") from error


def _read_outline(pack: PackReader) -> CourseOutline:
    """The course document, checked against the manifest that carries it."""
    data = pack.read_blob(pack.manifest.course, limit=MAX_DOCUMENT)
    try:
        outline = from_dict(_parse(data))
    except (StrictJSONError, OutlineError) as error:
        raise CourseContentError(str(error)) from error
    if outline.id != pack.manifest.pack:
        raise CourseContentError("it is another course than the pack's")
    sizes = {blob.sha256: blob.size for blob in pack.manifest.blobs}
    absent = tuple(ref for ref, blob in outline.blobs().items() if sizes.get(ref) != blob.size)
    if absent:
        raise MissingBlobsError(absent)
    return outline


def _parse(data: bytes) -> dict[str, Any]:
    return strictjson.loads(
        data,
        max_size=MAX_DOCUMENT,
        max_depth=MAX_DOCUMENT_DEPTH,
        max_values=MAX_DOCUMENT_VALUES,
        any_number=True,
    )


@transaction.atomic
def _switch(pack: PackReader, outline: CourseOutline) -> Installed:
    """Rows of the course and of the release, in one commit: that commit is the switch."""
    manifest = pack.manifest
    offered = Course.objects.current().filter(pk=outline.id)
    before = offered.values_list("version", flat=True).first()
    release = Release.objects.filter(pack=manifest.pack, rev=manifest.rev).first()
    if release and before == manifest.rev:
        return Installed(Course.objects.get(pk=outline.id), manifest.rev, changed=False)
    note_blobs(list(outline.blobs().values()))
    course = publish_outline(outline, version=manifest.rev, published_at=manifest.released_at)
    if release is None:
        release = Release.objects.create(
            pack=manifest.pack,
            rev=manifest.rev,
            manifest_sha256=pack.manifest_sha256,
            course_sha256=manifest.course,
            key_id=pack.key.key_id,
            size=pack.size,
            released_at=manifest.released_at,
            installed_at=timezone.now(),
        )
    note_in_use(release)
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
