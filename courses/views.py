"""The catalogue as any visitor reads it. ``lms`` builds on these views to add progress."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.cards import ActivityCard, guest_card, shown_blocks
from courses.errors import BlobMissingError
from courses.models import Blob, Course, Lesson, Theme
from courses.outline import ActivityOutline, BlobRef, Block, CourseOutline
from courses.pages import Page
from courses.ranges import blob_response
from courses.reading import CoursePath, path_of_outline, path_of_rows

SHOWN_INLINE = ("image/", "audio/", "video/", "text/vtt")


class CatalogueView(Page):
    """Courses on offer, by theme; ``?theme=`` shows one theme alone."""

    template_name = "yelen_courses/catalogue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theme = self.request.GET.get("theme", "")
        courses = list(Course.objects.current())
        shelves = [
            (value, label, [course for course in courses if course.theme == value])
            for value, label in Theme.choices
            if theme not in Theme.values or value == theme
        ]
        return super().get_context_data(
            themes=Theme.choices,
            chosen=theme if theme in Theme.values else "",
            shelves=[shelf for shelf in shelves if shelf[2] or shelf[0] == theme],
            has_courses=bool(courses),
            **kwargs,
        )


class CourseView(Page):
    template_name = "yelen_courses/course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = get_object_or_404(Course.objects.current(), slug=self.kwargs["slug"])
        return super().get_context_data(**self.course_context(course), **kwargs)

    def course_context(self, course: Course) -> dict[str, Any]:
        """What the template needs; an app above adds what it knows."""
        return course_context(course, path=path_of_rows(course), size=course.size)


class LessonView(Page):
    """One lesson, at ``/cours/<slug>/<module>.<lesson>/``."""

    template_name = "yelen_courses/lesson.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lesson = lesson_at(slug=self.kwargs["slug"], number=self.kwargs["number"])
        return super().get_context_data(**self.lesson_context(lesson), **kwargs)

    def lesson_context(self, lesson: Lesson) -> dict[str, Any]:
        path = path_of_rows(lesson.course)
        return lesson_context(path, lesson_id=lesson.id, blocks=lesson.blocks(), card=self.card)

    def card(self, activity: ActivityOutline) -> ActivityCard:
        return guest_card(activity)


def lesson_at(*, slug: str, number: str) -> Lesson:
    """The lesson with its course and module; raises ``Http404``."""
    return get_object_or_404(lessons_at(slug=slug, number=number))


def lessons_at(*, slug: str, number: str) -> QuerySet[Lesson]:
    """The one lesson of that number, or none."""
    module, _dot, position = number.partition(".")
    lessons: QuerySet[Lesson] = Lesson.objects.current().select_related("course", "module")
    return lessons.filter(
        course__slug=slug,
        course__retired_at=None,
        module__position=int(module),
        position=int(position),
    )


def course_context(
    course: Course | CourseOutline, *, path: CoursePath, size: int
) -> dict[str, Any]:
    return {
        "course": course,
        "theme_label": dict(Theme.choices).get(course.theme, ""),
        "path": path,
        "size": size,
        "lesson_count": sum(1 for _lesson in path.lessons()),
    }


def lesson_context(
    path: CoursePath, *, lesson_id: UUID, blocks: tuple[Block, ...], card: Any = guest_card
) -> dict[str, Any]:
    before, after = path.around(lesson_id)
    lesson = path.lesson(lesson_id)
    module = next((m for m in path.modules if lesson in m.lessons), None)
    return {
        "path": path,
        "module": module,
        "lesson": lesson,
        "blocks": shown_blocks(blocks, card=card),
        "before": before,
        "after": after,
    }


def render_course_preview(request: HttpRequest, outline: CourseOutline) -> HttpResponse:
    """The learner's course page from a draft, with no row in the database."""
    context = course_context(outline, path=path_of_outline(outline), size=0)
    return TemplateResponse(
        request, "yelen_courses/course.html", {**context, "is_preview": True}
    ).render()


def render_lesson_preview(
    request: HttpRequest, outline: CourseOutline, lesson_id: UUID, *, card: Any = guest_card
) -> HttpResponse:
    """The learner's lesson page from a draft; raises ``Http404`` when it has no such lesson.

    ``card`` makes an activity's card, for a draft whose exercises can be tried.
    """
    lesson = next((item for item in outline.lessons() if item.id == lesson_id), None)
    if lesson is None:
        raise Http404(_("This lesson is not in the course."))
    context = lesson_context(
        path_of_outline(outline), lesson_id=lesson_id, blocks=lesson.blocks, card=card
    )
    return TemplateResponse(
        request, "yelen_courses/lesson.html", {**context, "is_preview": True}
    ).render()


@require_safe
def blob_view(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """Bytes of a lesson any visitor may read; what is not a medium is only ever downloaded."""
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is None or not _may_fetch(request, blob):
        raise Http404(_("This file is not here."))
    ref = BlobRef(sha256=blob.sha256, size=blob.size, media_type=blob.media_type)
    try:
        response = blob_response(request, ref)
    except BlobMissingError:
        return render(request, "yelen_courses/file_missing.html", status=404)
    is_medium = blob.media_type.startswith(SHOWN_INLINE) and "svg" not in blob.media_type
    response["Content-Disposition"] = "inline" if is_medium else "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _may_fetch(request: HttpRequest, blob: Blob) -> bool:
    """Public, or asked for by an author looking at a draft."""
    user = getattr(request, "user", None)
    return blob.is_public or bool(user and user.has_perm("wagtailadmin.access_admin"))
