"""The numbers learners see, for the screens where courses are written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django.db.models.fields import CharField

from courses.models import Lesson, Module

COLUMN = "yelen_number"
"""The name under which a page in a list carries its number."""


def number_of(learning_id: UUID) -> str:
    """Such as "2" for a module or "2.3" for a lesson; empty while learners do not see it."""
    return numbers_of([learning_id]).get(learning_id, "")


def numbers_of(learning_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of the modules and lessons on offer among these; two queries."""
    modules = Module.objects.filter(
        pk__in=learning_ids, retired_at=None, course__retired_at=None
    ).values_list("pk", "position")
    lessons = (
        Lesson.objects.current()
        .filter(pk__in=learning_ids, course__retired_at=None)
        .order_by()
        .values_list("pk", "module__position", "position")
    )
    return {pk: str(position) for pk, position in modules} | {
        pk: f"{module}.{position}" for pk, module, position in lessons
    }


def with_numbers(pages: QuerySet[Any], *, parent: Any) -> QuerySet[Any]:
    """``pages`` with the number of each child of ``parent``, a course or a module page."""
    if getattr(parent, "learning_kind", "") not in ("course", "module"):
        return pages
    children = {
        page.pk: page.learning_id
        for page in parent.get_children().specific(defer=False).defer_streamfields()
        if hasattr(page, "learning_id")
    }
    numbers = numbers_of(list(children.values()))
    known = [
        When(pk=pk, then=Value(numbers[learning_id]))
        for pk, learning_id in children.items()
        if learning_id in numbers
    ]
    return pages.annotate(**{COLUMN: Case(*known, default=Value(""), output_field=CharField())})
