"""Writes conclusions: the only place where enrolments, attempts and completions change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.many_rows import upsert_rows
from lms.models import Attempt, Completion, Enrolment
from lms.progress.figures import COURSE, LESSON, Done, Enrolled, Key, Try
from lms.progress.loading import Pair
from lms.signals import course_completed, lesson_completed

ENROLMENT = ("registered_at", "last_lesson_id", "last_lesson_at", "last_active_at")
ATTEMPT = (
    "course_version",
    "started_at",
    "finished_at",
    "answers",
    "scaled",
    "is_passed",
)
COMPLETION = ("completed_at", "scaled")

SIGNALS = {LESSON: lesson_completed, COURSE: course_completed}


def write_enrolments(rows: Iterable[tuple[Pair, Enrolled]]) -> None:
    upsert_rows(
        [
            Enrolment(learner_id=learner_id, course_id=course_id, **_values(item, ENROLMENT))
            for (learner_id, course_id), item in rows
        ],
        place=("learner", "course_id"),
        values=ENROLMENT,
    )


def write_tries(rows: Iterable[tuple[Pair, tuple[UUID, UUID], Try]]) -> None:
    upsert_rows(
        [
            Attempt(
                learner_id=learner_id,
                course_id=course_id,
                activity_id=activity_id,
                attempt_id=attempt_id,
                **_values(item, ATTEMPT),
            )
            for (learner_id, course_id), (activity_id, attempt_id), item in rows
        ],
        place=("learner", "course_id", "activity_id", "attempt_id"),
        values=ATTEMPT,
    )


def write_completions(rows: Iterable[tuple[Pair, Key, Done]]) -> None:
    upsert_rows(
        [
            Completion(
                learner_id=learner_id,
                course_id=course_id,
                kind=kind,
                object_id=object_id,
                **_values(item, COMPLETION),
            )
            for (learner_id, course_id), (kind, object_id), item in rows
        ],
        place=("learner", "course_id", "kind", "object_id"),
        values=COMPLETION,
    )


def announce(pair: Pair, fresh: Mapping[Key, Done]) -> None:
    """Tell of lessons and courses newly completed, once the transaction has ended."""
    learner_id, course_id = pair
    for (kind, object_id), done in fresh.items():
        if kind in SIGNALS:
            transaction.on_commit(
                partial(
                    SIGNALS[kind].send_robust,
                    sender=Completion,
                    learner_id=learner_id,
                    course_id=course_id,
                    object_id=object_id,
                    completed_at=done.completed_at,
                )
            )


def _values(item: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}
