"""Media that a telecentre does without: an update must not bring unasked what was left out."""

from __future__ import annotations

from uuid import UUID

from courses.blobs import has_blob
from courses.media_groups import groups_of
from courses.models import Course
from offline_pack.format.manifest import CORE_GROUP


def groups_left_out(course: Course | None) -> frozenset[str]:
    """The groups of the version in use of which not one file is here; none for a new course."""
    if course is None:
        return frozenset()
    outline = course.versions.get(version=course.version).outline()
    here: dict[str, bool] = {}
    for sha256, group in groups_of(outline).items():
        if group != CORE_GROUP:
            here[group] = here.get(group, False) or has_blob(sha256)
    return frozenset(group for group, is_here in here.items() if not is_here)


def course_in_use(pack: UUID) -> Course | None:
    """The course of that pack line, if learners see it."""
    return Course.objects.current().filter(pk=pack).first()
