from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.staticfiles import finders
from django.test import Client

from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from tests.factories import (
    make_course_outline,
    make_lesson,
    make_media_blocks,
    make_practical,
    make_quiz,
)
from tests.plugin.visiting import page


def visit(client: Client) -> dict[str, Any]:
    blocks = (*make_media_blocks(), make_quiz(), make_practical())
    module = ModuleOutline(
        id=uuid4(), title="Travailler en sécurité", lessons=(make_lesson(*blocks),)
    )
    empty = page(client, "/")
    publish_outline(make_course_outline(modules=(module,)))
    lesson = page(client, "/cours/maintenance/1.1/")
    return {
        "empty": empty,
        "catalogue": page(client, "/"),
        "course": page(client, "/cours/maintenance/"),
        "lesson": lesson,
        "blob": page(client, lesson["text"].partition('src="')[2].partition('"')[0]),
        "missing": page(client, "/cours/rien/"),
        "stylesheet": bool(finders.find("yelen_courses/yelen.css")),
    }
