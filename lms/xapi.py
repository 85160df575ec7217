"""A statement as xAPI 1.0.3 JSON, and back, with the same id. Plain Python.

The words others understand (verb, activity type, score) are added beside the fact itself, which
travels in an extension; ``from_xapi`` reads only that, and checks that both say the same id.
``stored``, ``authority`` and ``version`` in the answer are the LRS's to set.
Source: xAPI 1.0.3, Data, 2.2 (statement), 2.4.2.4 (account), 2.4.6 (context) and 4.6 (timestamps).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from lms.fact import Fact
from lms.xapi_words import (
    COURSE,
    EXTENSION,
    FACT,
    IMPERSONAL,
    QUESTION,
    TYPES,
    VERBS,
    WITHIN,
)

VERSION = "1.0.3"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)  # RFC 5646, roughly
_NO_LANGUAGE = "und"
_VERSIONS = range(1, 9)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told besides the fact.

    Without ``name``, the learner's, whatever of the fact could name a person is left out: then
    learners are told apart by id alone, and ``from_xapi`` finds a body without those parts.
    """

    home_page: str  # IRL that the learners' ids belong to
    occurred_at: datetime
    within_ms: int = 0  # the truth is not further away
    language: str = ""  # the learner's, as RFC 5646 writes it
    titles: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)  # language, title
    name: str = ""
    platform: str = "Yelen"


def to_xapi(fact: Fact, telling: Telling) -> dict[str, Any]:
    """One statement, as an LRS takes it."""
    wire = fact.to_wire()
    if not telling.name:
        wire["x"] = _impersonal(wire["x"])
    body = wire["x"] if isinstance(wire["x"], dict) else {}
    iri, display = VERBS.get(fact.verb, _own_verb(fact.verb))
    statement: dict[str, Any] = {
        "id": str(fact.id),
        "actor": _agent(fact.learner_id, telling),
        "verb": {"id": iri, "display": dict(display)},
        "object": _object(fact, body, telling),
        "timestamp": telling.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "context": _context(fact, body, telling)
        | {"extensions": {FACT: wire, WITHIN: telling.within_ms}},
        "version": VERSION,
    }
    if result := _result(fact, body):
        statement["result"] = result
    return statement


def from_xapi(statement: Mapping[str, Any]) -> Fact:
    """The fact inside; raises ``KeyError``, ``TypeError`` or ``ValueError`` on any other one."""
    fact = Fact.from_wire(statement["context"]["extensions"][FACT])
    if UUID(statement["id"]) != fact.id:
        raise ValueError("the statement and the fact in it have different ids")
    return fact


def _own_verb(verb: str) -> tuple[str, Mapping[str, str]]:
    """Of a verb that a newer telecentre has."""
    return f"{EXTENSION}verbs:{quote(verb, safe='')}", {_NO_LANGUAGE: verb}


def _impersonal(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    return {key: value for key, value in body.items() if key in IMPERSONAL}


def _agent(learner_id: UUID, telling: Telling) -> dict[str, Any]:
    agent: dict[str, Any] = {
        "objectType": "Agent",
        "account": {"homePage": telling.home_page, "name": str(learner_id)},
    }
    return agent | ({"name": telling.name} if telling.name else {})


def _object(fact: Fact, body: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
    if question := _question(fact, body):
        return _activity(question, QUESTION, telling)
    return _activity(fact.object_id, TYPES.get(fact.verb, ""), telling)


def _activity(activity_id: UUID, kind: str, telling: Telling) -> dict[str, Any]:
    definition: dict[str, Any] = {"type": kind} if kind else {}
    if title := telling.titles.get(activity_id):
        language, text = title
        definition["name"] = {_tag(language) or _NO_LANGUAGE: text}
    activity = {"objectType": "Activity", "id": f"urn:uuid:{activity_id}"}
    return activity | ({"definition": definition} if definition else {})


def _context(fact: Fact, body: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
    context: dict[str, Any] = {}
    attempt = _id(body.get("attempt"))
    if attempt and attempt.version in _VERSIONS:  # Data, 4.1: others are none of RFC 4122
        context["registration"] = str(attempt)
    if language := _tag(telling.language):
        context["language"] = language
    context["platform"] = telling.platform
    if fact.course_version:
        context["revision"] = str(fact.course_version)
    activities: dict[str, Any] = {}
    if _question(fact, body):
        activities["parent"] = [_activity(fact.object_id, TYPES[fact.verb], telling)]
    if fact.course_id and fact.course_id != fact.object_id:
        activities["grouping"] = [_activity(fact.course_id, COURSE, telling)]
    return context | ({"contextActivities": activities} if activities else {})


def _question(fact: Fact, body: Mapping[str, Any]) -> UUID | None:
    return _id(body.get("question")) if fact.verb == "answered" else None


def _result(fact: Fact, body: Mapping[str, Any]) -> dict[str, Any]:
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


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _tag(language: str) -> str:
    return language if _LANGUAGE.fullmatch(language) else ""


def _number(value: Any) -> float | None:
    """A score as xAPI wants it: a number from 0 to 1."""
    try:
        number = float(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= 1 else None
