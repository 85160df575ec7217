"""Files of the store found damaged or missing, and what brings them back.

What lies in ``<blobs>/rotten/`` and what the store lacks is the truth; the rows tell when it was
found and why, for screens. They are made good from the disk after any interruption.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from courses.blobs import blob_path, has_blob
from courses.conf import blob_folder
from courses.models import Course
from offline_pack.conf import is_centre
from offline_pack.models import Rot, RottenBlob
from offline_pack.store.contents import sync_folder
from offline_pack.store.keeping import (
    blobs_of_releases,
    blobs_of_version,
    blobs_that_must_be_here,
)

logger = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DamagedCourse:
    """A course on offer some files of which are damaged: its pack, installed again, mends it."""

    course: Course
    files: int


def blobs_to_repair() -> tuple[str, ...]:
    """The SHA-256 of files found damaged or missing that the store still lacks."""
    open_rows = RottenBlob.objects.unrepaired().values_list("sha256", flat=True)
    return tuple(sha256 for sha256 in open_rows if not has_blob(sha256))


def damaged_courses() -> list[DamagedCourse]:
    """Which courses that concerns."""
    lacking = set(blobs_to_repair())
    if not lacking:
        return []
    found = [
        (course, len(lacking & blobs_of_version(course)))
        for course in Course.objects.current().order_by("title")
    ]
    return [DamagedCourse(course, files) for course, files in found if files]


def set_aside(sha256: str, reason: Rot) -> None:
    """Move a damaged file out of the store, then note it; the caller holds the import lock."""
    source = blob_path(sha256)
    folder = rotten_folder()
    try:
        folder.mkdir(exist_ok=True)
        source.replace(folder / sha256)
        for touched in (folder, source.parent):
            sync_folder(touched)
    except OSError as error:  # a disk that fails: what cannot be moved may still be unlinked
        logger.warning("file %s cannot be set aside: %s", sha256[:12], error)
        with suppress(OSError):
            source.unlink()
    if not has_blob(sha256):
        _note(sha256, reason)


def note_lost() -> list[str]:
    """Note the files that kept versions need and the store lacks; returns those newly found."""
    if is_centre():
        return []
    known = set(RottenBlob.objects.unrepaired().values_list("sha256", flat=True))
    lost = sorted(name for name in blobs_that_must_be_here() - known if not has_blob(name))
    for sha256 in lost:
        _note(sha256, Rot.MISSING)
    return lost


def note_repairs() -> int:
    """Close the rows of files that are here again, or that nobody needs; returns how many.

    To be called after an import. Also notes what a power cut kept from being noted.
    """
    for path in _set_aside_files():
        if has_blob(path.name):
            path.unlink()
        else:
            _note(path.name, Rot.CHANGED)
    open_rows = list(RottenBlob.objects.unrepaired())
    needed = blobs_of_releases() if open_rows and not is_centre() else None
    closed = [
        row
        for row in open_rows
        if has_blob(row.sha256) or (needed is not None and row.sha256 not in needed)
    ]
    for row in closed:
        (rotten_folder() / row.sha256).unlink(missing_ok=True)
    RottenBlob.objects.filter(pk__in=[row.pk for row in closed]).update(repaired_at=timezone.now())
    return len(closed)


def rotten_folder() -> Path:
    return blob_folder() / "rotten"


def _set_aside_files() -> list[Path]:
    folder = rotten_folder()
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _SHA256.fullmatch(path.name))


def _note(sha256: str, reason: Rot) -> None:
    RottenBlob.objects.get_or_create(sha256=sha256, repaired_at=None, defaults={"reason": reason})
