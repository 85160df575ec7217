"""What reading a lesson and doing an exercise cost: as little in a long course as in a short."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from courses.models import Activity
from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from lms.models import Completion, Enrolment, Statement
from lms.progress import rebuild_all
from tests.factories import make_course_outline, make_exercise, make_lesson
from tests.lms.views.test_lessons import queries_of

pytestmark = pytest.mark.django_db
MOST = 10


@pytest.fixture(params=[6, 60], ids=lambda number: f"{number} modules")
def begun(request, learner_client):
    """Awa has begun a course of so many modules, which grew while she followed it."""
    outline = make_course_outline(
        modules=tuple(
            ModuleOutline(uuid4(), "Module", (make_lesson(), make_lesson(make_exercise())))
            for _ in range(request.param)
        )
    )
    publish_outline(replace(outline, modules=outline.modules[:4]))
    learner_client.post("/cours/maintenance/")
    publish_outline(outline)
    learner_client.post("/cours/maintenance/1.1/")
    return learner_client


def say(client, *, raw, verb="answered", number="3.2"):
    module = number.partition(".")[0]
    exercise = Activity.objects.get(kind="h5p", lesson__module__position=module)
    statement = {
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "result": {"score": {"raw": raw, "max": 3, "min": 0}},
    }
    address = f"/cours/maintenance/{number}/h5p/{exercise.pk}/faits/?version=2"
    client.get(address.replace("faits/", "etat/"))  # an exercise that opens asks for its state
    answers = []
    queries = queries_of(
        lambda: answers.append(
            client.post(
                address, json.dumps({"statement": statement}), content_type="application/json"
            )
        )
    )
    assert answers[0].status_code == 200
    return len(queries)


def test_reading_a_lesson_takes_ten_queries(begun):
    queries = queries_of(lambda: begun.post("/cours/maintenance/3.1/"))

    assert len(queries) == MOST
    assert Completion.objects.filter(kind="lesson").count() == 2
    assert rebuild_all(check=True) == 0


def test_reading_it_again_takes_no_more(begun):
    begun.post("/cours/maintenance/3.1/")

    assert len(queries_of(lambda: begun.post("/cours/maintenance/3.1/"))) <= MOST
    assert Completion.objects.filter(kind="seen").count() == 2


def test_a_result_takes_at_most_ten_queries(begun):
    begun.post("/cours/maintenance/3.1/")
    begun.post("/cours/maintenance/3.2/")

    queries = {
        "progress": say(begun, raw=0, verb="progressed"),
        "first": say(begun, raw=1),
        "again": say(begun, raw=1),
        "second": say(begun, raw=2, verb="completed"),
        "passing": say(begun, raw=3),
        "better": say(begun, raw=3, verb="completed"),
    }

    assert max(queries.values()) <= MOST, queries
    assert set(Completion.objects.values_list("kind", flat=True)) == {
        "seen",
        "activity",
        "lesson",
        "module",
    }
    assert Statement.objects.filter(verb="completed").count() == 4
    assert rebuild_all(check=True) == 0


def test_an_exercise_passed_at_once_takes_ten(begun):
    begun.post("/cours/maintenance/3.1/")
    begun.post("/cours/maintenance/3.2/")
    moved = Enrolment.objects.get().last_active_at

    assert say(begun, raw=3) <= MOST
    assert Enrolment.objects.get().last_active_at > moved
    assert rebuild_all(check=True) == 0


def test_the_page_of_an_exercise_takes_no_more_than_another(begun):
    read = queries_of(lambda: begun.get("/cours/maintenance/3.1/"))

    played = queries_of(lambda: begun.get("/cours/maintenance/3.2/"))

    assert len(played) == len(read) + 1  # the tries begun
    assert len(played) <= 8
