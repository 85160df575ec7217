"""What an answer costs: the machine of a telecentre is slow, and a class answers at once."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from courses.models import Activity
from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from lms import sessions
from lms.clock import read_clock
from lms.models import Completion
from tests.factories import make_course_outline, make_lesson, make_quiz
from tests.lms.views.test_lessons import queries_of

pytestmark = pytest.mark.django_db
RIGHT = {
    "single": ["a"],
    "multiple": ["a", "b"],
    "true_false": ["true"],
    "short": ["mot"],
    "number": ["12,7"],
}
MOST = 10


def outline_of(*, modules):
    """A course of so many modules, each of a lesson to read and a lesson with a quiz."""
    return make_course_outline(
        modules=tuple(
            ModuleOutline(
                id=uuid4(),
                title=f"Module {number}",
                lessons=(make_lesson(), make_lesson(make_quiz(*RIGHT))),
            )
            for number in range(1, modules + 1)
        )
    )


def answer_all(client, *, wrong=()):
    """Do one whole try at the quiz of lesson 3.2; the queries of each answer."""
    quiz = Activity.objects.get(kind="quiz", lesson__module__position=3)
    kinds = {question["id"]: question["kind"] for question in quiz.definition["questions"]}
    address, queries = f"/cours/maintenance/3.2/quiz/{quiz.pk}/", []
    page = client.post(address, follow=True)
    while form := dict(re.findall(r'name="(attempt|question)" value="([^"]+)"', page.text)):
        kind = kinds[form["question"]]
        form["answer"] = ["0"] if kind in wrong else RIGHT[kind]
        queries.append(queries_of(lambda: client.post(f"{address}question/", form)))
        page = client.get(f"{address}question/", follow=True)
    return queries


@pytest.fixture
def slow_reader(monkeypatch):
    """Half a minute passes each time somebody looks at the clock."""
    state = {"ms": 0}

    def later():
        state["ms"] += 30_000
        reading = read_clock()
        return replace(reading, mono_ms=reading.mono_ms + state["ms"])

    monkeypatch.setattr(sessions, "read_clock", later)


def completed():
    return set(Completion.objects.values_list("kind", flat=True))


@pytest.mark.usefixtures("slow_reader")
@pytest.mark.parametrize("modules", [6, 60])
def test_no_answer_takes_more_than_ten_queries(learner_client, modules):
    outline = outline_of(modules=modules)
    publish_outline(replace(outline, modules=outline.modules[:4]))
    learner_client.post("/cours/maintenance/")
    publish_outline(outline)
    for number in ("3.1", "3.2"):
        learner_client.post(f"/cours/maintenance/{number}/")

    first = answer_all(learner_client, wrong=("short", "number"))
    before = completed()
    second = answer_all(learner_client)

    assert before == {"seen", "lesson"}
    assert completed() == {"seen", "lesson", "module", "activity"}
    assert [len(queries) for queries in first] == [8, 8, 8, 8, 8]
    assert [len(queries) for queries in second] == [10, 10]


def test_a_learner_with_an_account_costs_no_more(client, awa):
    publish_outline(outline_of(modules=6))
    awa.user = get_user_model().objects.create_user("awa", password="a-good-password")
    awa.save()
    client.login(username="awa", password="a-good-password", request=HttpRequest())

    queries = answer_all(client)

    assert len(queries) == 5
    assert max(map(len, queries)) <= MOST
