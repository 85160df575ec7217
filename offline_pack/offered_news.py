"""What is new in a course that the centre offers, for the list of packs: a line a lesson.

A telecentre on a bad line must know what a download brings before it pays for it, and the course
document itself would cost two hundred times these bytes. Every page a trainer publishes makes a
version, so what is new is told since the versions that can be out there, not since the last one.
"""

from __future__ import annotations

from typing import Any

from courses.changes import Changes, NumberedLesson, changes
from courses.models import Course, CourseVersion
from offline_pack.models import InstalledPack, Pack

VERSIONS = 5  # at most, the newest of those that are out there
LISTED = 12  # lessons of a kind; the others are counted
TITLE = 80  # characters
KINDS = ("added", "changed", "removed")


def news_of(course: Course, *, version: int) -> dict[str, Any]:
    """``news`` of docs/reference/sync-protocol.md; empty when that version is not kept here."""
    row = CourseVersion.objects.filter(course=course, version=version).first()
    if row is None:
        return {}
    now = row.outline()
    older = CourseVersion.objects.filter(course=course, version__in=_out_there(course, version))
    return {
        "lessons": sum(len(module.lessons) for module in now.modules),
        "since": [
            {"version": row.version, **_as_document(changes(row.outline(), now))}
            for row in older.order_by("-version")
        ],
    }


def _out_there(course: Course, version: int) -> list[int]:
    """Versions before that one which were packed here or are in use at a telecentre."""
    packed = Pack.objects.whole().filter(course=course, version__lt=version)
    in_use = InstalledPack.objects.filter(course_id=course.pk, version__lt=version)
    known = {*packed.values_list("version", flat=True), *in_use.values_list("version", flat=True)}
    return sorted(known)[-VERSIONS:]


def _as_document(found: Changes) -> dict[str, Any]:
    """Without what is empty."""
    kinds: dict[str, tuple[NumberedLesson, ...]] = {kind: getattr(found, kind) for kind in KINDS}
    document: dict[str, Any] = {
        kind: [[lesson.number, lesson.title[:TITLE]] for lesson in lessons[:LISTED]]
        for kind, lessons in kinds.items()
        if lessons
    }
    more = {kind: len(rest) for kind, lessons in kinds.items() if (rest := lessons[LISTED:])}
    return document | {"more": more} if more else document
