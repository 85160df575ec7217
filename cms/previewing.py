"""The learner's own page, drawn from a draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from cms.outlining import outline_from_page
from courses import views


def preview_course(
    course_page: Any, request: HttpRequest, *, edited: Any | None = None
) -> HttpResponse:
    outline = outline_from_page(course_page, draft=True, edited=edited or course_page)
    return views.render_course_preview(request, outline)


def preview_lesson(course_page: Any, request: HttpRequest, *, edited: Any) -> HttpResponse:
    outline = outline_from_page(course_page, draft=True, edited=edited)
    return views.render_lesson_preview(request, outline, edited.learning_id)
