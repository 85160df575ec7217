"""What the pages show of a learner's progress."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.enrolling import enrol
from lms.models import CohortCourse
from lms.progress import courses_of, progress_of
from lms.recording import record_statement
from tests.factories import make_cohort, make_course, make_learner

pytestmark = pytest.mark.django_db


def record(learner, course, verb, object_id, **body):
    record_statement(
        verb=verb,
        learner=learner,
        object_id=object_id,
        course_id=course.pk,
        course_version=course.version,
        body=body,
    )


def lessons_of(course):
    return list(course.lessons.order_by("module__position", "position"))


def answer(learner, course, *, right):
    """Answer as many questions of the quiz right, the others wrong."""
    quiz = course.activities.get(kind="quiz")
    attempt = str(uuid4())
    for place, question in enumerate(quiz.parsed().questions):
        body = {"attempt": attempt, "question": str(question.id), "response": ["a"]}
        record(learner, course, "answered", quiz.pk, right=place < right, **body)


def test_a_learner_who_has_begun_nothing_is_sent_to_the_first_lesson(learner, course):
    progress = progress_of(learner, course)

    assert [lesson.number for lesson in progress.lessons] == ["1.1", "1.2", "1.3", "2.1"]
    assert (progress.percent, progress.completed_lessons) == (0, 0)
    assert progress.next_lesson_id == lessons_of(course)[0].pk


def test_each_step_shows(learner, course):
    first, quiz, *_rest = lessons_of(course)
    record(learner, course, "seen", first.pk)
    record(learner, course, "seen", quiz.pk)
    answer(learner, course, right=2)

    progress = progress_of(learner, course)

    assert progress.lesson_by_id[first.pk].is_complete
    shown = progress.lesson_by_id[quiz.pk]
    assert (shown.is_seen, shown.is_complete) == (True, False)
    assert shown.activities[0].scaled == Decimal("0.6667")
    assert progress.percent == 2 * 100 // 6
    assert progress.modules[0].completed_lessons == 1


def test_continue_goes_to_the_lesson_read_last_and_then_to_the_next_unfinished(learner, course):
    enrol(learner, course)
    first, quiz, practical, last = lessons_of(course)
    record(learner, course, "seen", practical.pk)
    assert progress_of(learner, course).next_lesson_id == practical.pk

    record(learner, course, "seen", last.pk)

    assert progress_of(learner, course).next_lesson_id == first.pk
    record(learner, course, "seen", first.pk)
    assert progress_of(learner, course).next_lesson_id == quiz.pk


def test_a_course_completed_is_at_a_hundred_percent_and_asks_nothing_more(learner, course):
    for lesson in lessons_of(course):
        record(learner, course, "seen", lesson.pk)
    answer(learner, course, right=3)
    practical = course.activities.get(kind="practical")
    levels = {str(item.id): "alone" for item in practical.parsed().items}
    record(learner, course, "observed", practical.pk, levels=levels, observer="issa")

    progress = progress_of(learner, course)

    assert (progress.is_complete, progress.percent, progress.next_lesson) == (True, 100, None)
    assert all(module.is_complete for module in progress.modules)


def test_my_courses_are_those_enrolled_in_and_those_of_my_open_groups(learner, course):
    other, third, foreign = (make_course(slug=slug) for slug in ("projets", "autre", "pas-a-moi"))
    enrol(learner, other)
    enrol(learner, course)
    CohortCourse.objects.create(cohort=make_cohort(learner), course_id=third.pk)
    stranger = make_cohort(make_learner(name="Issa"), name="Autre")
    CohortCourse.objects.create(cohort=stranger, course_id=foreign.pk)

    mine = courses_of(learner)

    assert [summary.course for summary in mine] == [course, other, third]
    assert [summary.registered_at is None for summary in mine] == [False, False, True]


def test_nobody_sees_the_progress_of_another(learner, course):
    enrol(learner, course)
    record(learner, course, "seen", lessons_of(course)[0].pk)

    other = make_learner(name="Issa")

    assert progress_of(other, course).percent == 0
    assert courses_of(other) == []


def test_three_courses_cost_no_more_queries_than_one(learner, course):
    enrol(learner, course)
    counts = []
    for slug in ("", "projets", "entreprise"):
        if slug:
            enrol(learner, make_course(slug=slug))
        with CaptureQueriesContext(connection) as queries:
            courses_of(learner)
        counts.append(len(queries))

    assert counts == [6, 6, 6]


def test_the_progress_of_one_course_takes_four_queries(learner, course, django_assert_num_queries):
    with django_assert_num_queries(4):
        progress_of(learner, course)
