"""The usual shape of a module: three lessons, a quiz, a practical, ready to be filled in."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

LESSONS = 3


@transaction.atomic
def create_usual_lessons(module_page: Any, *, user: Any) -> list[Any]:
    """Add the drafts of the usual lessons after those the module has."""
    drafts = [
        *(
            ({"title": _("Lesson %(number)s") % {"number": n}, "minutes": 10}, _reading())
            for n in range(1, LESSONS + 1)
        ),
        (
            {"title": _("Quiz: %(module)s") % {"module": module_page.title}, "minutes": 15},
            _quiz(module_page.title),
        ),
        (
            {"title": _("Practical: %(module)s") % {"module": module_page.title}, "minutes": 60},
            _practical(module_page.title),
        ),
    ]
    return [_create(module_page, fields, blocks, user=user) for fields, blocks in drafts]


def _create(module_page: Any, fields: dict[str, Any], blocks: list[Any], *, user: Any) -> Any:
    (lesson_model,) = module_page.creatable_subpage_models()
    body = lesson_model._meta.get_field("body").to_python(
        [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in blocks]
    )
    page = lesson_model(**fields, body=body, live=False, owner=user)
    module_page.add_child(instance=page)
    page.save_revision(user=user, log_action=True)
    return page


def _reading() -> list[tuple[str, Any]]:
    return [("heading", {"text": "", "level": "2"}), ("text", "")]


def _quiz(title: str) -> list[tuple[str, Any]]:
    choice = {"text": "", "right": False, "feedback": ""}
    question = {"text": "", "choices": [choice, choice, choice]}
    return [("quiz", {"title": title, "questions": [{"type": "single", "value": question}]})]


def _practical(title: str) -> list[tuple[str, Any]]:
    return [("practical", {"title": title, "items": []})]
