"""Facts that come before what they are about."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.outline import ModuleOutline, RichTextBlock
from courses.publishing import publish_outline
from lms.merging import merge_statements
from lms.models import Attempt, Completion
from lms.progress import derive_course, rebuild_all
from tests.factories import make_course_outline, make_learner, make_lesson, make_quiz
from tests.lms.distant import DistantDevice, completed

pytestmark = pytest.mark.django_db


def outline_of(*blocks):
    lesson = make_lesson(*blocks)
    return make_course_outline(modules=(ModuleOutline(uuid4(), "Module", (lesson,)),))


def with_blocks(outline, *blocks):
    module = outline.modules[0]
    lesson = replace(module.lessons[0], blocks=blocks)
    return replace(outline, modules=(replace(module, lessons=(lesson,)),))


def answers(far, outline, quiz, learner):
    fields = {"learner": learner, "course": outline.id, "version": 1}
    lesson = outline.modules[0].lessons[0]
    return [
        far.fact("seen", lesson.id, **fields),
        *(
            far.fact(
                "answered",
                quiz.activity.id,
                attempt=str(uuid4()),
                question=question["id"],
                right=True,
                response=["a"],
                **fields,
            )
            for question in quiz.activity.definition["questions"]
        ),
    ]


def test_facts_about_a_course_not_here_wait_for_it(django_capture_on_commit_callbacks):
    quiz, learner, far = make_quiz("single"), make_learner(), DistantDevice()
    outline = outline_of(quiz)
    merge_statements(far.epoch, answers(far, outline, quiz, learner))
    assert not Attempt.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(outline)

    assert Attempt.objects.get().is_passed
    assert ("course", outline.id) in completed(learner)


def test_an_exercise_taken_out_completes_the_lesson_of_who_had_done_the_rest(
    django_capture_on_commit_callbacks,
):
    quiz, other, learner, far = make_quiz("single"), make_quiz("single"), make_learner(), None
    far = DistantDevice()
    outline = outline_of(quiz, other)
    publish_outline(outline)
    merge_statements(far.epoch, answers(far, outline, quiz, learner))
    assert ("lesson", outline.modules[0].lessons[0].id) not in completed(learner)

    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(with_blocks(outline, quiz))

    assert ("lesson", outline.modules[0].lessons[0].id) in completed(learner)
    assert rebuild_all(check=True) == 0


def test_an_exercise_added_takes_no_completion_away(django_capture_on_commit_callbacks):
    quiz, learner, far = make_quiz("single"), make_learner(), DistantDevice()
    outline = outline_of(quiz)
    publish_outline(outline)
    merge_statements(far.epoch, answers(far, outline, quiz, learner))
    before = list(Completion.objects.order_by("pk").values())

    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(with_blocks(outline, quiz, make_quiz("single")))

    assert list(Completion.objects.order_by("pk").values()) == before
    assert rebuild_all(check=True) == 0


def test_a_typo_mended_reads_no_statement_again():
    quiz, learner, far = make_quiz("single"), make_learner(), DistantDevice()
    outline = outline_of(quiz)
    publish_outline(outline)
    merge_statements(far.epoch, answers(far, outline, quiz, learner))
    course = publish_outline(with_blocks(outline, RichTextBlock("<p>Mieux dit.</p>"), quiz))

    with CaptureQueriesContext(connection) as queries:
        assert derive_course(course.pk, version=course.version) == 0

    assert not [q for q in queries if "body_json" in q["sql"]]
