"""Where learners find what a page became once it was published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from courses.models import Course, Lesson, Module

_CACHE = "_yelen_addresses"


def catalogue_address() -> str:
    return reverse("yelen_courses:catalogue")


def course_address(slug: str) -> str:
    return reverse("yelen_courses:course", args=[slug])


def lesson_address(slug: str, number: str) -> str:
    return reverse("yelen_courses:lesson", args=[slug, number])


def published_address(kind: str, learning_id: UUID, *, request: Any = None) -> str | None:
    """The learner's address of a course, module or lesson on offer; None when it is not.

    With a request the whole catalogue is read once, for screens that show many pages.
    """
    if not isinstance(request, HttpRequest):
        return _ADDRESSES[kind](pk=learning_id).get(learning_id)
    if not hasattr(request, _CACHE):
        setattr(
            request,
            _CACHE,
            {key: value for find in _ADDRESSES.values() for key, value in find().items()},
        )
    known: dict[UUID, str] = getattr(request, _CACHE)
    return known.get(learning_id)


def _courses(**only: UUID) -> dict[UUID, str]:
    courses = Course.objects.current().filter(**only)
    return {pk: course_address(slug) for pk, slug in courses.values_list("pk", "slug")}


def _modules(**only: UUID) -> dict[UUID, str]:
    modules = Module.objects.filter(retired_at=None, course__retired_at=None, **only)
    return {pk: course_address(slug) for pk, slug in modules.values_list("pk", "course__slug")}


def _lessons(**only: UUID) -> dict[UUID, str]:
    lessons = Lesson.objects.current().filter(course__retired_at=None, **only)
    places = lessons.values_list("pk", "course__slug", "module__position", "position")
    return {
        pk: lesson_address(slug, f"{module}.{position}") for pk, slug, module, position in places
    }


_ADDRESSES = {"course": _courses, "module": _modules, "lesson": _lessons}
