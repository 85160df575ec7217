"""Answers that no form of ours would send."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from courses.models import Activity
from courses.outline import ModuleOutline
from lms.models import Statement
from lms.recording import record_statement
from tests.factories import make_course, make_lesson, make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    """A quiz of one question: a word."""
    lessons = (make_lesson(make_quiz("short")),)
    make_course(modules=(ModuleOutline(uuid4(), "Module", lessons),))
    return f"/cours/maintenance/1.1/quiz/{Activity.objects.get(kind='quiz').pk}/"


@pytest.fixture
def form(learner_client, address):
    page = learner_client.post(address, follow=True)
    return dict(re.findall(r'name="(attempt|question)" value="([^"]+)"', page.text))


@pytest.mark.parametrize("answer", ["\0", "x" * 70_000, "é" * 20_000])
def test_an_answer_that_is_none_or_a_book_is_not_recorded(learner_client, address, form, answer):
    page = learner_client.post(f"{address}question/", form | {"answer": answer})

    assert page.status_code == 422
    assert Statement.objects.filter(verb="answered").count() == 0


@pytest.mark.parametrize("answer", ["mo\0t", "\u202e", "😀" * 100, "<script>"])
def test_any_other_text_is_an_answer_that_can_be_looked_at(learner_client, address, form, answer):
    page = learner_client.post(f"{address}question/", form | {"answer": answer}, follow=True)

    assert page.status_code == 200
    assert "<script>" not in page.text
    assert Statement.objects.filter(verb="answered").count() == 1


def test_an_answer_of_another_machine_that_was_not_on_offer_can_be_looked_at(
    learner_client, address, form, awa
):
    activity = Activity.objects.get(kind="quiz")
    record_statement(
        verb="answered",
        learner=awa,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=1,
        body=form | {"response": ["x" * 5000], "right": False},
    )

    page = learner_client.get(f"{address}reponse/{form['attempt']}/{form['question']}/")

    assert page.status_code == 200
    assert "Non, pas cette fois" in page.text
