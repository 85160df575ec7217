"""What is kept of the catalogue in memory is never older than the catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from courses.models import Activity
from courses.publishing import publish_outline
from lms.enrolling import enrol
from lms.models import Completion
from lms.progress import derive_course, rebuild_all
from lms.quizzing import answer_question, begin_try, quiz_state
from lms.views.lessons import note_seen
from tests.factories import make_course_outline, make_learner, make_lesson, make_quiz

pytestmark = pytest.mark.django_db


class Course:
    """A course of one lesson: with its quiz alone, or with a second one after it."""

    def __init__(self):
        self.quiz, self.extra = make_quiz("single", "single"), make_quiz("single", title="Encore")
        self.lesson, base = make_lesson(self.quiz), make_course_outline()
        self.module = replace(base.modules[0], lessons=(self.lesson,))
        self.outline = replace(base, modules=(self.module,))

    def publish(self, *blocks, version):
        lesson = replace(self.lesson, blocks=blocks)
        module = replace(self.module, lessons=(lesson,))
        course = publish_outline(replace(self.outline, modules=(module,)), version=version)
        derive_course(course.pk, version=version)
        return course

    def begin(self, learner):
        quiz = Activity.objects.select_related("course").get(pk=self.quiz.activity.id)
        enrol(learner, quiz.course)
        note_seen(learner, quiz.course.lessons.all())
        begin_try(learner, quiz)

    def answer(self, learner, choice="a"):
        quiz = Activity.objects.select_related("course").get(pk=self.quiz.activity.id)
        state = quiz_state(learner, quiz)
        answer_question(
            learner,
            quiz,
            attempt_id=state.attempt_id,
            question_id=state.current.id,
            response=(choice,),
        )
        assert rebuild_all(check=True) == 0

    def pass_quiz(self, learner):
        self.begin(learner)
        self.answer(learner)
        self.answer(learner)


def finishers(kind="lesson"):
    return set(Completion.objects.filter(kind=kind).values_list("learner__name", flat=True))


@pytest.fixture
def course():
    return Course()


def test_a_version_published_between_two_answers_counts_at_once(course):
    course.publish(course.quiz, version=1)
    course.pass_quiz(make_learner(name="Awa"))
    course.publish(course.quiz, course.extra, version=2)
    course.pass_quiz(make_learner(name="Issa"))

    assert finishers() == {"Awa"}
    assert finishers("activity") == {"Awa", "Issa"}


def test_a_return_to_an_older_version_counts_at_once(course):
    course.publish(course.quiz, version=1)
    course.publish(course.quiz, course.extra, version=2)
    early = make_learner(name="Awa")
    course.begin(early)
    course.answer(early)
    course.publish(course.quiz, version=1)
    course.answer(early)
    course.pass_quiz(make_learner(name="Issa"))

    assert finishers() == {"Issa"}


def test_a_version_already_published_and_changed_counts_at_once(course):
    course.publish(course.quiz, version=1)
    course.pass_quiz(make_learner(name="Awa"))
    course.publish(course.quiz, course.extra, version=1)
    course.pass_quiz(make_learner(name="Issa"))

    assert finishers() == set()
    assert finishers("activity") == {"Awa", "Issa"}


def test_a_quiz_made_easier_is_passed_by_the_next_answer(course):
    course.publish(course.quiz, version=1)
    learner = make_learner(name="Awa")
    course.begin(learner)
    course.answer(learner, "c")
    definition = course.quiz.activity.definition | {"pass_percent": 50}
    easier = replace(course.quiz, activity=replace(course.quiz.activity, definition=definition))
    course.publish(easier, version=2)
    before = finishers()
    course.answer(learner)

    assert before == set()
    assert finishers() == {"Awa"}


def test_a_publication_rolled_back_leaves_nothing_in_memory(course):
    course.publish(course.quiz, version=1)
    learner = make_learner(name="Awa")
    course.begin(learner)
    with transaction.atomic():
        course.publish(course.quiz, course.extra, version=2)
        course.pass_quiz(make_learner(name="Issa"))
        transaction.set_rollback(True)
    course.publish(course.quiz, version=2)
    course.answer(learner)
    course.answer(learner)
    course.pass_quiz(make_learner(name="Fati"))

    assert finishers() == {"Awa", "Fati"}
