"""Inside a telecentre: a learner reads every lesson and answers every quiz, and SQL is counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.fixtures import DEMO_COURSE
from bench.measuring import BenchError
from cms.demo_loading.people import PIN
from courses.activities.quiz import Question, QuestionKind
from courses.models import Activity, Course
from lms.models import Learner
from lms.quizzing import quiz_state

_MOVED, _FINE = 302, 200


@dataclass(slots=True)
class Requests:
    """Of one kind: how many queries each took, and how much CPU time."""

    queries: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, work: Callable[[], Any], *, expected: int) -> Any:
        with CaptureQueriesContext(connection) as captured:
            started = time.process_time()
            answer = work()
            self.milliseconds.append((time.process_time() - started) * 1000)
        if answer.status_code != expected:
            raise BenchError(f"answered {answer.status_code} instead of {expected}")
        self.queries.append(sum(not _brackets(query["sql"]) for query in captured))
        return answer


def _brackets(sql: str) -> bool:
    """Beginning and end of a transaction: no rows are looked at."""
    return sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))


def count() -> dict[str, Any]:
    """The most queries of any lesson and of any answer; CPU time is the middle one's."""
    learner = Learner.objects.exclude(pin_hash="").order_by("name").first()
    course = Course.objects.get(slug=DEMO_COURSE)
    if learner is None:
        raise BenchError("no learner of the demo has a PIN")
    client = Client()
    _post(client, reverse("yelen_lms:sign_in_pin", args=[learner.pk]), pin=PIN)
    reading, answering = Requests(), Requests()
    for lesson in course.lessons.current().order_by("module__position", "position"):
        client.get(lesson.get_absolute_url())  # templates are read once a process
        reading.add(lambda: client.get(lesson.get_absolute_url()), expected=_FINE)  # noqa: B023
        for quiz in lesson.activities.filter(kind="quiz", retired_at=None):
            _answer_all(client, learner, quiz, answering)
    return {
        "lesson_queries": max(reading.queries),
        "lesson_cpu_ms": median(reading.milliseconds),
        "answer_queries": max(answering.queries),
        "answer_cpu_ms": median(answering.milliseconds),
    }


def _answer_all(client: Client, learner: Learner, quiz: Activity, answering: Requests) -> None:
    place = [quiz.course.slug, quiz.lesson.number, quiz.pk]
    _post(client, reverse("yelen_lms:quiz", args=place))
    while (state := quiz_state(learner, quiz)).current:
        form = {
            "attempt": str(state.attempt_id),
            "question": str(state.current.id),
            "answer": _right(state.current),
        }
        address = reverse("yelen_lms:quiz_question", args=place)
        client.get(address)  # the question is on the screen before it is answered
        answering.add(lambda: client.post(address, form), expected=_MOVED)  # noqa: B023


def _right(question: Question) -> list[str]:
    if question.kind in (QuestionKind.SHORT, QuestionKind.NUMBER):
        return list(question.accepted[:1])
    return [choice.id for choice in question.choices if choice.right]


def _post(client: Client, address: str, **form: str) -> None:
    answer = client.post(address, form)
    if answer.status_code != _MOVED:
        raise BenchError(f"{address} answered {answer.status_code}")
