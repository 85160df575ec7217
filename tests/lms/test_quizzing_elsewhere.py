"""A quiz taken in two places, or across two versions of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from courses.activities.quiz import QuizDefinition
from courses.models import Activity
from courses.outline import ActivityBlock, ModuleOutline
from courses.publishing import publish_outline
from lms.merging import merge_statements
from lms.quizzing import answer_question, begin_try, quiz_state
from tests.factories import (
    make_course_outline,
    make_learner,
    make_lesson,
    make_question,
    make_quiz,
)
from tests.lms.distant import DistantDevice

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return make_quiz("single", "single")


@pytest.fixture
def outline(quiz):
    lesson = make_lesson(quiz)
    return make_course_outline(modules=(ModuleOutline(uuid4(), "Module", (lesson,)),))


def with_quiz(outline, block):
    module = outline.modules[0]
    lesson = replace(module.lessons[0], blocks=(block,))
    return replace(outline, modules=(replace(module, lessons=(lesson,)),))


def test_a_try_that_another_place_left_nothing_to_ask_is_over(quiz, outline):
    publish_outline(outline)
    awa, activity, far = make_learner(), Activity.objects.get(), DistantDevice()
    begin_try(awa, activity)
    attempt = str(uuid4())
    merge_statements(
        far.epoch,
        [
            far.fact(
                "answered",
                activity.pk,
                learner=awa,
                course=outline.id,
                version=1,
                attempt=attempt,
                question=question["id"],
                right=True,
                response=["a"],
            )
            for question in quiz.activity.definition["questions"]
        ],
    )

    state = quiz_state(awa, activity)

    assert (state.is_open, state.is_passed, state.missed) == (False, True, 0)


def test_a_quiz_once_passed_stays_passed_when_a_question_is_added(quiz, outline):
    publish_outline(outline)
    awa, activity = make_learner(), Activity.objects.get()
    while (state := begin_try(awa, activity)).current:
        answer_question(
            awa,
            activity,
            attempt_id=state.attempt_id,
            question_id=state.current.id,
            response=("a",),
        )
    definition = QuizDefinition.from_dict(quiz.activity.definition)
    more = replace(definition, questions=(*definition.questions, make_question("short")))
    changed = replace(quiz.activity, definition=more.to_dict())

    publish_outline(with_quiz(outline, ActivityBlock(changed)))

    state = quiz_state(awa, Activity.objects.get())
    assert (state.is_passed, state.missed, state.is_open) == (True, 1, False)
