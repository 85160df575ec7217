"""Garbage collection: files of the store that nobody needs any more make room for others.

The order is law. First the database forgets (which versions are kept, which H5P libraries are
here, what is known of the files that go) and that is committed; only then are files unlinked.
Whatever cuts this short leaves files too many, never a row that claims a file which is gone; the
next collection finds them on the disk.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from courses.blobs import blob_path, stored_blobs
from courses.conf import blob_folder
from courses.models import Blob, H5PLibrary
from offline_pack.conf import is_centre
from offline_pack.errors import ImportBusyError, NotATelecentreError
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import Release
from offline_pack.store.arrivals import UnknownArrivalError, arrivals, clear_arrivals
from offline_pack.store.keeping import Needed, needed_by_releases, releases_to_let_go

logger = logging.getLogger(__name__)

ROWS = 500  # in one statement


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection gave back."""

    blobs: int
    bytes: int


def collect_garbage(*, short_of_space: bool = False) -> Collected:
    """Delete the files that only versions no longer kept needed; safe to run again at any time.

    ``short_of_space`` keeps the version in use alone. Raises ``NotATelecentreError``, and
    ``ImportBusyError`` while a pack is being installed.
    """
    with store_to_ourselves():
        return sweep(short_of_space=short_of_space)


def reclaimable_bytes() -> int:
    """What ``collect_garbage(short_of_space=True)`` would give back now; 0 at the centre."""
    if is_centre():
        return 0
    garbage = _garbage(needed_by_releases(without=releases_to_let_go(short_of_space=True)))
    return sum(_size(sha256) for sha256 in garbage)


@contextmanager
def store_to_ourselves() -> Iterator[None]:
    """Hold off imports; raises ``NotATelecentreError`` or ``ImportBusyError``."""
    if is_centre():
        raise NotATelecentreError("nothing is deleted at the centre")
    try:
        with machine_lock("import"):
            yield
    except LockedError as error:
        raise ImportBusyError("a pack is being installed") from error


def sweep(*, short_of_space: bool = False) -> Collected:
    """The collection itself, for those who hold the store already."""
    shutil.rmtree(blob_folder() / "stage", ignore_errors=True)  # of an import that was cut short
    clear_arrivals(set(stored_blobs()))
    releases = releases_to_let_go(short_of_space=short_of_space)
    needed = needed_by_releases(without=releases)
    garbage = _garbage(needed)
    _forget(releases, needed, garbage)
    return _unlink(garbage)


def _garbage(needed: Needed) -> list[str]:
    """The SHA-256 of the files nobody needs, as they lie on the disk."""
    present = set(stored_blobs())
    try:
        arriving = frozenset[str]().union(*(arrival.blobs for arrival in arrivals()))
    except UnknownArrivalError as error:
        logger.info("nothing is deleted while %s arrives", error)
        return []
    return sorted(present - needed.blobs - arriving)


@transaction.atomic(durable=True)
def _forget(releases: Sequence[Release], needed: Needed, garbage: Sequence[str]) -> None:
    """Committed, with the disk's word for it, before the first file goes."""
    Release.objects.filter(pk__in=[release.pk for release in releases]).update(is_kept=False)
    H5PLibrary.objects.exclude(pk__in=needed.libraries).delete()
    for names in _in_parts(garbage):
        Blob.objects.filter(pk__in=names).delete()


def _unlink(garbage: Iterable[str]) -> Collected:
    blobs = size = 0
    for sha256 in garbage:
        freed = _size(sha256)
        blob_path(sha256).unlink(missing_ok=True)
        blobs, size = blobs + 1, size + freed
    return Collected(blobs, size)


def _in_parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), ROWS):
        yield names[start : start + ROWS]


def _size(sha256: str) -> int:
    try:
        return blob_path(sha256).stat().st_size
    except OSError:  # gone, or the disk cannot say
        return 0
