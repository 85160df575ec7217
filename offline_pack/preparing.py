"""Packs to be made: which courses, which media, and what each choice weighs before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import F

from courses.media_groups import SEVERAL_LANGUAGES, language_of
from courses.models import Course, CourseVersion
from offline_pack.choices import ALL, MEDIA, Choice, sizes_of
from offline_pack.jobs import EXPORT, start_job
from offline_pack.models import Job

_SECONDS = 7 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class WeighedCourse:
    """A course on offer with the bytes of each of its media groups."""

    course: Course
    groups: dict[str, int]

    def sizes(self, languages: frozenset[str] | None) -> list[tuple[str, int]]:
        """About how many bytes a pack has, for each of ``MEDIA``."""
        return [(media, self._size(Choice(languages, media))) for media in MEDIA]

    def _size(self, choice: Choice) -> int:
        return sum(size for group, size in self.groups.items() if choice.takes(group))


def weighed_courses() -> list[WeighedCourse]:
    """Every course on offer, in two queries at most; a version is weighed once."""
    courses = list(Course.objects.current())
    known = {course.pk: cache.get(_key(course)) for course in courses}
    lacking = [pk for pk, groups in known.items() if groups is None]
    versions = CourseVersion.objects.filter(course__in=lacking, version=F("course__version"))
    by_pk = {course.pk: course for course in courses}
    for row in versions if lacking else ():
        known[row.course_id] = sizes_of(row.outline())
        cache.set(_key(by_pk[row.course_id]), known[row.course_id], _SECONDS)
    return [WeighedCourse(course, known[course.pk] or {}) for course in courses]


def languages_heard(courses: Iterable[WeighedCourse]) -> list[str]:
    """The languages some recording is in."""
    tags = {language_of(group) for item in courses for group in item.groups}
    return sorted(tag for tag in tags if tag and tag != SEVERAL_LANGUAGES)


def start_exports(courses: Sequence[UUID], choice: Choice, *, user: Any) -> int:
    """A job for each course, unless the very same is under way; how many were started."""
    waiting = [job.params for job in Job.objects.unfinished().filter(kind=EXPORT)]
    started = 0
    for course in courses:
        params = export_params(course, choice)
        if params not in waiting:
            start_job(EXPORT, params, user=user)
            started += 1
    return started


def export_params(course: UUID, choice: Choice) -> dict[str, Any]:
    """What the job is to do, as ``offline_pack.jobs`` reads it."""
    params: dict[str, Any] = {"course": str(course)}
    if choice.media != ALL:
        params["media"] = choice.media
    if choice.languages:
        params["languages"] = sorted(choice.languages)
    return params


def _key(course: Course) -> str:
    return f"yelen-weights:{course.pk}:{course.version}:{course.digest}"
