"""What xAPI 1.0.3 says a statement is, as far as ours can get it wrong: nothing else is let in.

Source: adlnet/xAPI-Spec, xAPI-Data.md, 2.2 (table of properties), 2.4 and 4.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class InvalidError(Exception):
    pass


def check(statement):
    """Raises ``InvalidError``."""
    properties(
        statement,
        needed={"actor", "verb", "object"},
        allowed={"id", "result", "context", "timestamp", "version", "attachments"},
    )
    need(UUID.fullmatch(statement.get("id", "")), "id")
    need(statement.get("version", "1.0.0").startswith("1.0."), "version")
    check_agent(statement["actor"])
    properties(statement["verb"], needed={"id"}, allowed={"display"})
    check_iri(statement["verb"]["id"])
    check_language_map(statement["verb"].get("display", {}))
    is_activity = check_object(statement["object"])
    if "timestamp" in statement:
        need(STAMP.fullmatch(statement["timestamp"]), "timestamp")
        datetime.fromisoformat(statement["timestamp"])
    if "result" in statement:
        check_result(statement["result"])
    if "context" in statement:
        check_context(statement["context"], is_activity=is_activity)
    without_nulls(statement)


def check_agent(agent):
    properties(agent, needed={"account"}, allowed={"objectType", "name"})
    need(agent.get("objectType", "Agent") == "Agent", "objectType")
    need(isinstance(agent.get("name", ""), str), "name")
    properties(agent["account"], needed={"homePage", "name"})
    need(urlsplit(agent["account"]["homePage"]).scheme in ("http", "https"), "homePage")
    need(isinstance(agent["account"]["name"], str), "account name")


def check_object(target):
    if target.get("objectType", "Activity") == "Agent":
        check_agent(target)
        return False
    check_activity(target)
    return True


def check_activity(activity):
    properties(activity, needed={"id"}, allowed={"objectType", "definition"})
    need(activity.get("objectType", "Activity") == "Activity", "objectType")
    check_iri(activity["id"])
    definition = activity.get("definition", {})
    properties(definition, allowed={"type", "name", "description", "extensions"})
    if "type" in definition:
        check_iri(definition["type"])
    check_language_map(definition.get("name", {}))


def check_result(result):
    properties(
        result, allowed={"score", "success", "completion", "response", "duration", "extensions"}
    )
    for name in ("success", "completion"):
        need(isinstance(result.get(name, True), bool), name)
    need(isinstance(result.get("response", ""), str), "response")
    score = result.get("score", {})
    properties(score, allowed={"scaled", "raw", "min", "max"})
    need(-1 <= score.get("scaled", 0) <= 1, "scaled")


def check_context(context, *, is_activity):
    properties(
        context,
        allowed={
            "registration",
            "contextActivities",
            "revision",
            "platform",
            "language",
            "extensions",
        },
    )
    if "registration" in context:
        need(UUID.fullmatch(context["registration"]), "registration")
    if not is_activity:
        need(not {"revision", "platform"} & context.keys(), "of an activity only")
    for name in ("revision", "platform"):
        need(isinstance(context.get(name, ""), str), name)
    if "language" in context:
        need(TAG.fullmatch(context["language"]), "language")
    for key in context.get("extensions", {}):
        check_iri(key)
    activities = context.get("contextActivities", {})
    properties(activities, allowed={"parent", "grouping", "category", "other"})
    for several in activities.values():
        need(isinstance(several, list) and several, "contextActivities")
        for activity in several:
            check_activity(activity)


def check_language_map(words):
    need(isinstance(words, dict), "language map")
    for tag, text in words.items():
        need(TAG.fullmatch(tag) and isinstance(text, str), "language map")


def check_iri(text):
    need(isinstance(text, str) and IRI.fullmatch(text), "IRI")


def properties(value, *, needed=frozenset(), allowed=frozenset()):
    need(isinstance(value, dict), "an object")
    need(needed <= value.keys() <= needed | allowed, f"properties {sorted(value)}")


def without_nulls(value, *, is_extension=False):
    """Null is allowed inside extensions only (Data, 2.2)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            need(inner is not None or is_extension, f"{key} is null")
            without_nulls(inner, is_extension=is_extension or key == "extensions")
    elif isinstance(value, list):
        for inner in value:
            without_nulls(inner, is_extension=is_extension)


def need(condition, name):
    if not condition:
        raise InvalidError(name)


def essence(statement):
    """What two statements of one id must share (Data, 2.3.1): not times set, words or titles."""
    kept = {
        key: value
        for key, value in statement.items()
        if key not in ("authority", "stored", "timestamp", "version")
    }
    return _without(kept)


def _without(value):
    if isinstance(value, dict):
        return {
            key: _without(inner)
            for key, inner in value.items()
            if key not in ("definition", "display")
        }
    return [_without(inner) for inner in value] if isinstance(value, list) else value
