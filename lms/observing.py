"""Practicals: a learner says "I am ready", somebody watches and marks each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from courses.activities.practical import Level, PracticalDefinition
from courses.models import Activity
from lms.enrolling import ensure_enrolled
from lms.errors import ObservationError
from lms.identifiers import new_id
from lms.models import Attempt, Learner, Verb
from lms.permissions import can_observe, visible_learners
from lms.recording import record_statement


@dataclass(frozen=True, slots=True)
class PracticalState:
    """Where a learner is in a practical."""

    definition: PracticalDefinition
    levels: Mapping[UUID, Level]  # the last marks
    waiting: UUID | None  # the try that waits for an observer
    observed_at: datetime | None
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the observer's queue."""

    learner: Learner
    activity: Activity
    since: datetime


def practical_state(learner: Learner, activity: Activity) -> PracticalState:
    attempts = list(Attempt.objects.filter(learner=learner, activity_id=activity.pk))
    return _state(activity, attempts)


@transaction.atomic
def ask_for_observer(learner: Learner, activity: Activity) -> None:
    """Put the learner in the queue; once is enough."""
    ensure_enrolled(learner, activity.course)
    if practical_state(learner, activity).waiting:
        return
    record_statement(
        verb=Verb.ATTEMPTED,
        learner=learner,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=activity.course.version,
        body={"attempt": str(new_id())},
    )


@transaction.atomic
def observe(
    learner: Learner,
    activity: Activity,
    *,
    levels: Mapping[UUID, Level],
    observer: AbstractBaseUser,
) -> PracticalState:
    """Record what was seen; every step must be marked. Raises ``ObservationError``."""
    if not can_observe(observer, learner):
        raise ObservationError(f"{observer} may not mark {learner.pk}")
    state = practical_state(learner, activity)
    if levels.keys() != {item.id for item in state.definition.items}:
        raise ObservationError("the marks are not those of this practical")
    ensure_enrolled(learner, activity.course, by=observer)
    name = getattr(observer, "get_full_name", str)() or observer.get_username()
    record_statement(
        verb=Verb.OBSERVED,
        learner=learner,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=activity.course.version,
        body={
            "levels": {str(item): level.value for item, level in levels.items()},
            "observer": observer.get_username(),
            "observer_name": name,
            **({"attempt": str(state.waiting)} if state.waiting else {}),
        },
    )
    return practical_state(learner, activity)


def waiting_for(user: AbstractBaseUser | AnonymousUser) -> list[Waiting]:
    """Who waits for an observer, among those the user may mark; first come, first served."""
    activities = {
        activity.pk: activity
        for activity in Activity.objects.filter(kind="practical", retired_at=None)
        .select_related("course", "lesson__module")
        .defer("lesson__block_documents")
    }
    rows = (
        Attempt.objects.filter(
            activity_id__in=activities,
            finished_at=None,
            learner__in=visible_learners(user).active(),
        )
        .select_related("learner")
        .order_by("pk")
    )
    return [
        Waiting(learner=row.learner, activity=activities[row.activity_id], since=row.started_at)
        for row in rows
        if row.learner.user_id != user.pk
    ]


def _state(activity: Activity, attempts: Sequence[Attempt]) -> PracticalState:
    waiting = [row.attempt_id for row in attempts if row.finished_at is None]
    seen = sorted((row for row in attempts if row.answers), key=lambda row: row.pk)
    last = seen[-1] if seen else None
    return PracticalState(
        definition=activity.parsed(),
        levels={UUID(key): Level(value) for key, value in last.answers.items()} if last else {},
        waiting=waiting[-1] if waiting else None,
        observed_at=last.finished_at if last else None,
        is_passed=any(row.is_passed for row in attempts),
    )
