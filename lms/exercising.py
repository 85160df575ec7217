"""Playing an exercise: what it says becomes facts, where one stopped is kept on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.h5p.results import H5PResult, read_result
from courses.models import Activity, CourseVersion
from lms.enrolling import ensure_enrolled
from lms.errors import NotFollowedError, StatementError
from lms.fact import canonical_text
from lms.identifiers import new_id
from lms.models import ActivityState, CohortCourse, Learner, Statement, Verb
from lms.progress import deed_of
from lms.recording import Turn, record_statement, take_turn_on

LARGEST_STATE = 64 * 1024  # bytes
MOST_PARTS = 200  # states of one exercise


@transaction.atomic
def take_statement(
    learner: Learner,
    exercises: QuerySet[Activity],
    *,
    statement: Mapping[str, Any],
    version: int | None = None,
) -> bool:
    """Record what the one exercise says happened; whether it is complete now.

    ``version`` is that of the course which was played; by default the one in force. Raises
    ``Activity.DoesNotExist``; ``NotFollowedError``; ``H5PResultError`` for a score that cannot
    be; ``StatementError`` for what is too large, or was made with a version not held here.
    The same statement twice in a row (its answer was lost) is one fact.
    """
    result = read_result(statement)
    try:
        text = canonical_text(_without_person(statement))
    except (ValueError, RecursionError) as error:
        raise StatementError("the statement is not JSON") from error
    played = _play(learner, exercises, version=version)
    if not played.is_followed:
        raise NotFollowedError(learner_id=learner.pk, course_id=played.activity.course_id)
    was_complete = played.turn.past.is_complete()
    if played.last_said == text:
        return was_complete
    is_viewed = played.definition.completion == CompletionMode.VIEWED and not was_complete
    if result.is_finishing or is_viewed:
        return played.record(Verb.COMPLETED, _body(played.definition, result, text))
    return played.record(Verb.PROGRESSED, {"xapi": text})


@transaction.atomic
def mark_done(
    learner: Learner, exercises: QuerySet[Activity], *, version: int | None = None
) -> None:
    """The learner's own word; heard only where no score decides, and once.

    Raises ``Activity.DoesNotExist``, and ``StatementError`` for a version not held here.
    """
    played = _play(learner, exercises, version=version)
    mode = played.definition.completion
    if mode == CompletionMode.SCORED or played.turn.past.is_complete():
        return
    if not played.is_begun:
        ensure_enrolled(learner, played.activity.course)
        played = _play(learner, exercises, version=version)
    played.record(Verb.COMPLETED, {"attempt": str(new_id()), "mode": mode})


@dataclass(frozen=True, slots=True)
class _Played:
    """An exercise in the version a learner has before them, and the turn to tell of it."""

    learner: Learner
    activity: Activity
    version: int
    definition: H5PDefinition
    turn: Turn
    is_begun: bool  # enrolled
    is_followed: bool  # enrolled, or with an open group
    last_said: str  # what was last kept of the exercise

    def record(self, verb: Verb, body: Mapping[str, Any]) -> bool:
        """Write it down; whether the exercise is complete now."""
        fact = record_statement(
            verb=verb,
            learner=self.learner,
            object_id=self.activity.pk,
            course_id=self.activity.course_id,
            course_version=self.version,
            body=body,
            turn=self.turn,
        )
        return self.turn.past.is_complete(deed_of(fact))


def _play(learner: Learner, exercises: QuerySet[Activity], *, version: int | None) -> _Played:
    said = Statement.objects.filter(object_id=OuterRef("pk"), learner_id=learner.pk)
    versions = CourseVersion.objects.filter(course_id=OuterRef("course_id"), version=version or 0)
    groups = CohortCourse.objects.filter(
        course_id=OuterRef("course_id"),
        cohort__learners__in=learner.rows(),
        cohort__closed_at=None,
    )
    row, turn = take_turn_on(
        exercises.annotate(
            last_body=Subquery(said.order_by("-received_at", "-sequence").values("body_json")[:1]),
            is_held=Exists(versions),
            is_shared=Exists(groups),
        ),
        learner.pk,
        version=version,
    )
    found: Any = row
    if version is not None and not found.is_held:
        raise StatementError(f"version {version} of the course is not held here")
    told, past = version or row.course.version, turn.past
    is_begun = past.held is not None and past.held.enrolled is not None
    last = json.loads(found.last_body or "{}").get("xapi")
    return _Played(
        learner=learner,
        activity=row,
        version=told,
        definition=past.definitions.at(told) if past.definitions else row.parsed(),
        turn=turn,
        is_begun=is_begun,
        is_followed=is_begun or found.is_shared,
        last_said=last if isinstance(last, str) else "",
    )


def kept_states(learner: Learner, activity: Activity) -> list[dict[str, str]]:
    """As the exercise's page expects them."""
    rows = ActivityState.objects.filter(learner=learner, activity_id=activity.pk)
    return [
        {"dataType": row.data_type, "subContentId": row.sub_content_id, "state": row.state}
        for row in rows
    ]


def keep_state(
    learner: Learner, activity: Activity, *, data_type: str, sub_content_id: str, text: str
) -> bool:
    """Keep one part's state, in place of the last; an empty one is forgotten. False: too large."""
    key: dict[str, Any] = {
        "learner": learner,
        "activity_id": activity.pk,
        "data_type": _storable(data_type)[:64],
        "sub_content_id": _storable(sub_content_id)[:64],
    }
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_STATE:
        return False
    if not text:
        ActivityState.objects.filter(**key).delete()
        return True
    if ActivityState.objects.filter(**key).update(state=_storable(text), saved_at=timezone.now()):
        return True
    if (
        ActivityState.objects.filter(learner=learner, activity_id=activity.pk).count()
        >= MOST_PARTS
    ):
        return False
    ActivityState.objects.update_or_create(**key, defaults={"state": _storable(text)})
    return True


def _storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which JSON may hold and no database keeps."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _body(definition: H5PDefinition, result: H5PResult, text: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "attempt": str(new_id()),
        "mode": definition.completion if definition.completion != "marked" else "scored",
        "xapi": text,
    }
    if result.scaled is not None:
        body["scaled"] = f"{result.scaled:.4f}"
    if result.success is not None:
        body["success"] = result.success
    return body


def _without_person(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Who did it is in the fact already, and nothing the frame says about it is kept."""
    return {key: value for key, value in statement.items() if key != "actor"}
