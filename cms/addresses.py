"""Where learners find what a page became once it was published, and who has which address."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.models import Course, Lesson, Module

LONGEST_SLUG = 80
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


def fault_of_address(slug: str, *, course_id: UUID) -> str:
    """Why that course may not have this address, with one that it may have; empty when it may.

    A course that was taken back keeps its own: what learners did, packs on USB sticks and
    telecentres that hold it go on referring to it.
    """
    other = Course.objects.filter(slug=slug).exclude(pk=course_id).first()
    if other is None:
        return ""
    if other.retired_at is None:
        words = _("Another course already has this address. Take another: %(free)s, for example.")
    else:
        words = _(
            "“%(course)s”, which was withdrawn, keeps this address: results and packs still "
            "refer to it. Take another: %(free)s, for example."
        )
    return words % {"course": other.title, "free": free_address(slug)}


def free_address(slug: str) -> str:
    """``slug-2``, or the first number after it that no course has or had."""
    stem = slug[: LONGEST_SLUG - 4]
    taken = set(Course.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= set(Page.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(name for n in count(2) if (name := f"{stem}-{n}") not in taken)
