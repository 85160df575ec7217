"""Taking a quiz: saved at once, goes on where one stopped, asks again only what was missed."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from courses.activities.quiz import QuizDefinition
from courses.errors import ActivityError
from courses.models import Activity
from courses.outline import ActivityBlock, ModuleOutline
from courses.publishing import publish_outline
from lms.errors import QuizError
from lms.models import Attempt, Completion, Statement
from lms.quizzing import answer_question, begin_try, given_answer, quiz_state
from tests.factories import make_course_outline, make_learner, make_lesson, make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa():
    return make_learner()


def publish(block: ActivityBlock, *, outline=None):
    lesson = make_lesson(block)
    outline = outline or make_course_outline()
    outline = replace(outline, modules=(ModuleOutline(outline.id, "M", (lesson,)),))
    publish_outline(outline)
    return outline, Activity.objects.select_related("course").get(pk=block.activity.id)


@pytest.fixture
def quiz():
    return publish(make_quiz("single", "single", "true_false"))[1]


def answer(learner, quiz, *choices):
    state = quiz_state(learner, quiz)
    answer_question(
        learner,
        quiz,
        attempt_id=state.attempt_id,
        question_id=state.current.id,
        response=choices,
    )


RIGHT = {"single": ("a",), "multiple": ("a", "b"), "true_false": ("true",), "short": ("Mot",)}


def answer_right(learner, quiz):
    answer(learner, quiz, *RIGHT[quiz_state(learner, quiz).current.kind])


def test_before_a_try_everything_would_be_asked(awa, quiz):
    state = quiz_state(awa, quiz)

    assert not state.is_open
    assert state.current is None
    assert len(state.asked) == 3


def test_begin_try_twice_begins_once(awa, quiz):
    first = begin_try(awa, quiz)
    second = begin_try(awa, quiz)

    assert first.attempt_id == second.attempt_id
    assert Statement.objects.filter(verb="attempted").count() == 1


def test_each_answer_is_a_fact_at_once(awa, quiz):
    begin_try(awa, quiz)

    answer_right(awa, quiz)

    fact = Statement.objects.get(verb="answered")
    assert fact.body["right"] is True
    assert fact.body["response"] == ["a"]


def test_opened_again_the_quiz_goes_on_at_the_same_question(awa, quiz):
    begin_try(awa, quiz)
    answer_right(awa, quiz)
    stopped_at = quiz_state(awa, quiz).current

    again = begin_try(awa, quiz)

    assert again.current == stopped_at
    assert len(again.answers) == 1


def test_the_same_question_sent_twice_is_answered_once(awa, quiz):
    state = begin_try(awa, quiz)
    sent = {"attempt_id": state.attempt_id, "question_id": state.current.id}

    answer_question(awa, quiz, response=("c",), **sent)
    answer_question(awa, quiz, response=("a",), **sent)

    assert Statement.objects.filter(verb="answered").count() == 1
    assert quiz_state(awa, quiz).right == frozenset()


def test_an_empty_answer_is_refused_and_loses_nothing(awa, quiz):
    begin_try(awa, quiz)
    answer_right(awa, quiz)

    with pytest.raises(ActivityError):
        answer(awa, quiz, "")

    assert len(quiz_state(awa, quiz).answers) == 1


def test_an_answer_to_another_quiz_is_refused(awa, quiz):
    state = begin_try(awa, quiz)

    with pytest.raises(QuizError):
        answer_question(
            awa, quiz, attempt_id=state.attempt_id, question_id=uuid4(), response=("a",)
        )
    with pytest.raises(QuizError):
        answer_question(
            awa, quiz, attempt_id=uuid4(), question_id=state.current.id, response=("a",)
        )

    assert Statement.objects.filter(verb="answered").count() == 0


def test_all_right_passes_and_leaves_nothing_to_ask(awa, quiz):
    begin_try(awa, quiz)
    for _ in range(3):
        answer_right(awa, quiz)

    state = begin_try(awa, quiz)

    assert state.is_passed
    assert (state.missed, state.percent, state.is_open) == (0, 100, False)
    assert Completion.objects.filter(kind="activity", object_id=quiz.pk).exists()


def test_a_new_try_asks_only_what_was_missed(awa, quiz):
    begin_try(awa, quiz)
    answer_right(awa, quiz)
    missed = quiz_state(awa, quiz).current
    answer(awa, quiz, "c")
    answer_right(awa, quiz)
    assert not quiz_state(awa, quiz).is_open

    state = begin_try(awa, quiz)

    assert [question.id for question in state.asked] == [missed.id]
    answer_right(awa, quiz)
    assert quiz_state(awa, quiz).is_passed


def test_a_try_keeps_the_version_it_began_with(awa):
    block = make_quiz("single", "single")
    outline, quiz = publish(block)
    begin_try(awa, quiz)
    answer_right(awa, quiz)
    longer = QuizDefinition.from_dict(block.activity.definition)
    longer = replace(longer, questions=(*longer.questions, *_questions("short")))
    changed = replace(block.activity, definition=longer.to_dict())
    _outline, quiz = publish(ActivityBlock(changed), outline=outline)

    middle = quiz_state(awa, quiz)
    answer_right(awa, quiz)
    after = quiz_state(awa, quiz)

    assert (middle.course_version, len(middle.asked)) == (1, 2)
    assert not after.is_open
    assert (after.course_version, len(after.asked)) == (2, 1)
    assert set(Attempt.objects.values_list("course_version", flat=True)) == {1}


def test_looking_back_shows_why(awa, quiz):
    state = begin_try(awa, quiz)
    asked = state.current
    answer_right(awa, quiz)

    given = given_answer(awa, quiz, attempt_id=state.attempt_id, question_id=asked.id)

    assert given.marking.right
    assert "Oui : le courant d'abord." in given.marking.feedback
    assert (given.position, given.total, given.is_last) == (1, 3, False)


def test_looking_back_at_what_was_not_answered_gives_nothing(awa, quiz):
    state = begin_try(awa, quiz)

    assert (
        given_answer(awa, quiz, attempt_id=state.attempt_id, question_id=state.current.id) is None
    )


def _questions(*kinds):
    return QuizDefinition.from_dict(make_quiz(*kinds).activity.definition).questions
