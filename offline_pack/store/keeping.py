"""Which versions of courses are kept here, and which files of the store somebody still needs.

Kept are the version in use and the one before, so that one can go back. A version that was just
replaced stays until the machine has started once more: the switch is proven by then, and nobody
is reading it any longer. A time span would not do, since the clock cannot be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from courses.h5p.naming import LibraryName
from courses.h5p.needing import libraries_named, rows_behind
from courses.models import Course, CourseVersion, H5PLibrary
from courses.outline import find_blobs
from lms.clock import boot_id
from offline_pack.models import Release, WithdrawnRelease

KEPT = 2  # versions of a course: the one in use, and the one before
KEPT_AT_LEAST = 1  # when space is short
_MAY_BE_LEFT_OUT = ("audio/", "video/")


def note_in_use(release: Release) -> None:
    """From now on learners see this one; to be called in the transaction of the switch."""
    Release.objects.filter(pk=release.pk).update(is_kept=True, boot_id=boot_id())


def releases_to_go_back_to(course: Course) -> QuerySet[Release]:
    """Earlier versions whose files are kept, and which the centre stands by; the newest first."""
    withdrawn = WithdrawnRelease.objects.filter(pack=course.pk).values("rev")
    earlier = Release.objects.kept().filter(pack=course.pk, rev__lt=course.version)
    return earlier.exclude(rev__in=withdrawn).order_by("-rev")


def releases_to_let_go(*, short_of_space: bool = False) -> list[Release]:
    """Kept versions that need not be kept any longer."""
    number = KEPT_AT_LEAST if short_of_space else KEPT
    in_use = dict(Course.objects.current().values_list("pk", "version"))
    lines = groupby(Release.objects.kept().newest_first(), key=lambda release: release.pack)
    return [
        release
        for pack, releases in lines
        for release in _beyond(list(releases), in_use.get(pack), number)
    ]


@dataclass(frozen=True, slots=True)
class Needed:
    """What kept versions and courses on offer need of the store."""

    blobs: set[str]  # SHA-256, those of the libraries too
    libraries: set[int]  # rows of H5PLibrary


def needed_by_releases(*, without: Iterable[Release] = ()) -> Needed:
    releases = list(Release.objects.kept().exclude(pk__in=[release.pk for release in without]))
    wanted = {(release.pack, release.rev) for release in releases}
    wanted |= set(Course.objects.current().values_list("pk", "version"))
    blobs = {release.course_sha256 for release in releases}
    named: set[LibraryName] = set()
    for document in _documents(wanted):
        blobs |= {blob.sha256 for blob in find_blobs(document)}
        named |= set(libraries_named(document))
    libraries = rows_behind(named)
    for files in _library_documents(libraries):
        blobs |= {blob.sha256 for blob in find_blobs(files)}
    return Needed(blobs, libraries)


def blobs_of_releases(*, without: Iterable[Release] = ()) -> set[str]:
    """The SHA-256 of every file that somebody still needs."""
    return needed_by_releases(without=without).blobs


def blobs_that_must_be_here() -> set[str]:
    """What ``blobs_of_releases`` says, but for sound and film, which a pack may leave out."""
    return blobs_of_releases() - {
        blob.sha256
        for document in _documents(set(Release.objects.kept().values_list("pack", "rev")))
        for blob in find_blobs(document)
        if blob.media_type.startswith(_MAY_BE_LEFT_OUT)
    }


def blobs_of_version(course: Course) -> set[str]:
    """The SHA-256 of the files learners need for the version they see."""
    return {
        blob.sha256
        for document in _documents({(course.pk, course.version)})
        for blob in find_blobs(document)
    }


def _documents(wanted: set[tuple[UUID, int]]) -> Iterator[Any]:
    """One at a time: a course may have thousands of files."""
    for pack, rev in sorted(wanted):
        versions = CourseVersion.objects.filter(course_id=pack, version=rev)
        yield from versions.values_list("document", flat=True)


def _library_documents(libraries: set[int]) -> Iterator[Any]:
    """The files in use, and those to go back to."""
    rows = H5PLibrary.objects.filter(pk__in=libraries)
    for files in rows.values_list("files", "previous"):
        yield list(files)


def _beyond(releases: list[Release], version: int | None, number: int) -> list[Release]:
    """Those of one course beyond ``number``; none while it is not sure which one is in use."""
    current = next((release for release in releases if release.rev == version), None)
    if current is None or current.boot_id == boot_id():
        return []
    earlier = [release for release in releases if release.rev < current.rev]
    later = [release for release in releases if release.rev > current.rev]
    return [*earlier, *later][number - 1 :]
