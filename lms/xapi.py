"""A statement as xAPI 1.0.3 JSON, and back, with the same id and nothing lost. Plain Python.

The words others understand (verb, activity type, score) are added beside the fact itself, which
travels whole in an extension; ``from_xapi`` reads only that, and checks that both say the same id.
Source: xAPI 1.0.3, Data, 2.2 (statement) and 4.6 (ISO 8601 timestamps).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lms.fact import Fact

FACT = "urn:x-yelen:xapi:fact"
"""The extension that holds the fact as it travels (``Fact.to_wire``)."""

VERBS: Mapping[str, tuple[str, str]] = {
    "registered": ("http://adlnet.gov/expapi/verbs/registered", "registered"),
    "seen": ("http://id.tincanapi.com/verb/viewed", "viewed"),
    "attempted": ("http://adlnet.gov/expapi/verbs/attempted", "attempted"),
    "answered": ("http://adlnet.gov/expapi/verbs/answered", "answered"),
    "completed": ("http://adlnet.gov/expapi/verbs/completed", "completed"),
    "progressed": ("http://adlnet.gov/expapi/verbs/progressed", "progressed"),
    "observed": ("urn:x-yelen:xapi:verbs:observed", "observed"),
    "learner_created": ("urn:x-yelen:xapi:verbs:learner-created", "learner created"),
}

TYPES: Mapping[str, str] = {
    "registered": "http://adlnet.gov/expapi/activities/course",
    "seen": "http://adlnet.gov/expapi/activities/lesson",
    "attempted": "http://adlnet.gov/expapi/activities/assessment",
    "answered": "http://adlnet.gov/expapi/activities/assessment",
    "completed": "http://adlnet.gov/expapi/activities/interaction",
    "progressed": "http://adlnet.gov/expapi/activities/interaction",
    "observed": "http://adlnet.gov/expapi/activities/performance",
}


def to_xapi(fact: Fact, *, occurred_at: datetime, home_page: str) -> dict[str, Any]:
    """One statement. ``home_page`` is the address that the learners' ids belong to.

    Learners are told apart by id alone: no name leaves.
    """
    iri, word = VERBS.get(fact.verb, (f"urn:x-yelen:xapi:verbs:{fact.verb}", fact.verb))
    statement: dict[str, Any] = {
        "id": str(fact.id),
        "version": "1.0.3",
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home_page, "name": str(fact.learner_id)},
        },
        "verb": {"id": iri, "display": {"en": word}},
        "object": {"objectType": "Activity", "id": f"urn:uuid:{fact.object_id}"},
        "timestamp": occurred_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "context": {"extensions": {FACT: fact.to_wire()}},
    }
    if fact.verb in TYPES:
        statement["object"]["definition"] = {"type": TYPES[fact.verb]}
    if fact.course_id:
        parent = {"objectType": "Activity", "id": f"urn:uuid:{fact.course_id}"}
        statement["context"]["contextActivities"] = {"grouping": [parent]}
    if result := _result(fact):
        statement["result"] = result
    return statement


def from_xapi(statement: Mapping[str, Any]) -> Fact:
    """The fact inside; raises ``KeyError``, ``TypeError`` or ``ValueError`` on any other one."""
    fact = Fact.from_wire(statement["context"]["extensions"][FACT])
    if UUID(statement["id"]) != fact.id:
        raise ValueError("the statement and the fact in it have different ids")
    return fact


def _result(fact: Fact) -> dict[str, Any]:
    body = fact.to_wire()["x"]
    if not isinstance(body, dict):
        return {}
    result: dict[str, Any] = {}
    if fact.verb == "answered":
        if isinstance(body.get("right"), bool):
            result["success"] = body["right"]
        if isinstance(body.get("response"), list):
            result["response"] = "[,]".join(map(str, body["response"]))
    if fact.verb == "completed":
        result["completion"] = True
        if isinstance(body.get("success"), bool):
            result["success"] = body["success"]
        if (scaled := _number(body.get("scaled"))) is not None:
            result["score"] = {"scaled": scaled}
    return result


def _number(value: Any) -> float | None:
    """A score as xAPI wants it: a number from 0 to 1."""
    try:
        number = float(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= 1 else None
