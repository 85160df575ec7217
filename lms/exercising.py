"""Playing an exercise: what it says becomes facts, where one stopped is kept on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.h5p.results import H5PResult, read_result
from courses.models import Activity
from lms.errors import StatementError
from lms.fact import canonical_text
from lms.identifiers import new_id
from lms.models import ActivityState, Completion, Learner, Statement, Verb
from lms.recording import record_statement

LARGEST_STATE = 64 * 1024  # bytes
MOST_PARTS = 200  # states of one exercise


def take_statement(learner: Learner, activity: Activity, *, statement: Mapping[str, Any]) -> bool:
    """Record what the exercise says happened; whether the activity is complete now.

    Raises ``H5PResultError`` for a score that cannot be, ``StatementError`` for one too large.
    The same statement twice in a row (its answer was lost) is one fact.
    """
    result = read_result(statement)
    definition: H5PDefinition = activity.parsed()
    try:
        text = canonical_text(_without_person(statement))
    except (ValueError, RecursionError) as error:
        raise StatementError("the statement is not JSON") from error
    is_viewed = definition.completion == CompletionMode.VIEWED and not is_complete(
        learner, activity
    )
    if _is_repeated(learner, activity, text):
        return is_complete(learner, activity)
    if result.is_finishing or is_viewed:
        _record(learner, activity, verb=Verb.COMPLETED, body=_body(definition, result, text))
    else:
        _record(learner, activity, verb=Verb.PROGRESSED, body={"xapi": text})
    return is_complete(learner, activity)


def mark_done(learner: Learner, activity: Activity) -> None:
    """The learner's own word; heard only where no score decides, and once."""
    definition: H5PDefinition = activity.parsed()
    if definition.completion == CompletionMode.SCORED or is_complete(learner, activity):
        return
    body = {"attempt": str(new_id()), "mode": definition.completion}
    _record(learner, activity, verb=Verb.COMPLETED, body=body)


def is_complete(learner: Learner, activity: Activity) -> bool:
    return Completion.objects.filter(
        learner=learner,
        course_id=activity.course_id,
        kind=Completion.Kind.ACTIVITY,
        object_id=activity.pk,
    ).exists()


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


def _record(learner: Learner, activity: Activity, *, verb: Verb, body: dict[str, Any]) -> None:
    record_statement(
        verb=verb,
        learner=learner,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=activity.course.version,
        body=body,
    )


def _is_repeated(learner: Learner, activity: Activity, text: str) -> bool:
    facts = Statement.objects.filter(object_id=activity.pk, learner_id=learner.pk)
    last = facts.order_by("-received_at", "-sequence").first()
    return last is not None and last.body.get("xapi") == text


def _without_person(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Who did it is in the fact already, and nothing the frame says about it is kept."""
    return {key: value for key, value in statement.items() if key != "actor"}
