from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client

from courses.outline import ActivityBlock, ActivityOutline, ModuleOutline
from courses.publishing import publish_outline
from lms import signals
from lms.models import Statement
from tests.factories import make_course_outline, make_learner, make_lesson
from tests.plugin.hosts.records.essays.kind import EssayDefinition
from tests.plugin.visiting import page

PASSWORD = "une phrase assez longue"


def visit(client: Client) -> dict[str, Any]:
    heard: list[str] = []
    note_lesson, note_course = _noting(heard, "lesson"), _noting(heard, "course")
    signals.lesson_completed.connect(note_lesson)
    signals.course_completed.connect(note_course)
    essay = _publish()
    lesson, written = "/cours/maintenance/1.1/", f"/cours/maintenance/1.1/essay/{essay.id}/"
    guest = {"lesson": page(client, lesson), "catalogue": page(client, "/")}
    refused = client.get("/moi/")
    signed_in = _sign_in(client)
    card = page(client, lesson)
    exercise = page(client, written)
    client.post(lesson)
    client.post(written)
    return {
        "guest": guest,
        "refused": refused.headers["Location"],
        "signed_in": signed_in,
        "card": card,
        "exercise": exercise | {"url": written},
        "home": page(client, "/moi/"),
        "facts": list(Statement.objects.order_by("sequence").values_list("verb", flat=True)),
        "heard": heard,
    }


def _publish() -> ActivityOutline:
    definition = EssayDefinition(words=80).to_dict()
    essay = ActivityOutline(id=uuid4(), kind="essay", title="Mon atelier", definition=definition)
    lessons = (make_lesson(ActivityBlock(essay)),)
    module = ModuleOutline(id=uuid4(), title="Écrire", lessons=lessons)
    publish_outline(make_course_outline(modules=(module,)))
    return essay


def _sign_in(client: Client) -> str:
    """With an account of the host's; where that leads."""
    user = get_user_model().objects.create_user("awa", password=PASSWORD)
    make_learner(user=user)
    answer = client.post("/entrer/", {"username": "awa", "password": PASSWORD})
    return answer.headers["Location"]


def _noting(heard: list[str], word: str) -> Any:
    return lambda **_arguments: heard.append(word)
