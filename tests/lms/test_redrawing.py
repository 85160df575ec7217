"""A new version and its learners: at once for a class, by the worker for a network."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from celery import current_app

from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from lms import redrawing
from lms.enrolling import enrol
from lms.models import Completion, WaitingCourse
from lms.tasks import draw_waiting_task
from lms.views.lessons import note_seen
from tests.factories import make_course_outline, make_learner, make_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What the worker was told, by task and arguments."""
    told = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: told.append((name, args)))
    return told


@pytest.fixture
def shorter(django_capture_on_commit_callbacks):
    """A course of two lessons, one of them read; its next version has that one only."""
    lessons = (make_lesson(), make_lesson())
    outline = make_course_outline(modules=(ModuleOutline(uuid4(), "Module", lessons),))
    course = publish_outline(outline)
    learner = make_learner()
    enrol(learner, course)
    note_seen(learner, course.lessons.filter(pk=lessons[0].id))
    module = replace(outline.modules[0], lessons=lessons[:1])

    def publish():
        with django_capture_on_commit_callbacks(execute=True):
            publish_outline(replace(outline, modules=(module,)))

    return publish


def is_finished():
    return Completion.objects.filter(kind="course").exists()


def test_a_class_sees_the_new_version_at_once(shorter, sent):
    shorter()

    assert is_finished()
    assert sent == []
    assert not WaitingCourse.objects.exists()


def test_a_network_is_left_to_the_worker(shorter, sent, monkeypatch):
    monkeypatch.setattr(redrawing, "DRAWN_AT_ONCE", 0)

    shorter()

    waiting = WaitingCourse.objects.get()
    assert not is_finished()
    assert sent == [("lms.tasks.draw_waiting_task", [waiting.pk])]

    draw_waiting_task(waiting.pk)
    draw_waiting_task(waiting.pk)

    assert is_finished()
    assert not WaitingCourse.objects.exists()


def test_a_task_that_was_lost_is_begun_again_when_the_worker_starts(shorter, monkeypatch):
    told = []

    def no_broker(name, args):
        told.append(args)
        if len(told) == 1:
            raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", no_broker)
    monkeypatch.setattr(redrawing, "DRAWN_AT_ONCE", 0)
    shorter()
    waiting = WaitingCourse.objects.get()

    assert redrawing.restart_waiting() == 1

    assert told == [[waiting.pk], [waiting.pk]]
