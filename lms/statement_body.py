"""What a statement made here must say: one small set of fields a verb. Plain Python.

Strict on purpose: what this machine writes down stays for ever. Facts that arrive are not held to
it (they may come from a newer Yelen); the rules in ``lms.progress`` pass over what they cannot
read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from lms.errors import StatementError
from lms.fact import MAX_DEPTH, canonical_text, is_too_deep

LONGEST = 64 * 1024
"""Bytes of canonical text; an H5P event with a long answer in it stays far below."""

LEVELS = frozenset({"not_seen", "with_help", "alone"})


def body_text(verb: str, body: Mapping[str, Any]) -> str:
    """The canonical text of a body made here; raises ``StatementError`` saying what is wrong."""
    _check_types(body, where="body")
    for name, check in REQUIRED.get(verb, {}).items():
        if name not in body:
            raise StatementError(f"{verb}: {name} is missing")
        if not check(body[name]):
            raise StatementError(f"{verb}: {name} does not have its shape")
    if (scaled := body.get("scaled")) is not None and not is_share(scaled):
        raise StatementError(f"{verb}: scaled is a text from 0 to 1, such as 0.8500")
    text = canonical_text(body)
    if is_too_deep(text):
        raise StatementError(f"{verb}: nested deeper than {MAX_DEPTH}")
    if len(text) > LONGEST:
        raise StatementError(f"{verb}: {len(text)} bytes are more than {LONGEST}")
    return text


def is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def is_share(value: Any) -> bool:
    """Whether ``value`` is a score as it travels: digits and a point, from 0 to 1."""
    if not isinstance(value, str) or not 0 < len(value) <= 8:  # noqa: PLR2004 - "0.123456"
        return False
    whole, _point, rest = value.partition(".")
    if whole not in ("0", "1") or not (rest or "0").isascii() or not (rest or "0").isdigit():
        return False
    return whole == "0" or not rest.strip("0")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_levels(value: Any) -> bool:
    return isinstance(value, dict) and all(
        is_id(item) and level in LEVELS for item, level in value.items()
    )


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and bool(value["name"])


REQUIRED: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "attempted": {"attempt": is_id},
    "answered": {
        "attempt": is_id,
        "question": is_id,
        "response": _is_texts,
        "right": lambda value: isinstance(value, bool),
    },
    "completed": {
        "attempt": is_id,
        "mode": lambda value: value in ("scored", "viewed", "marked"),
    },
    "observed": {"levels": _is_levels, "observer": lambda value: isinstance(value, str)},
    "learner_created": {"profile": _is_named},
}


def _check_types(value: Any, *, where: str) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _check_types(item, where=f"{where}[{number}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise StatementError(f"{where}: a key is not a text")
            _check_types(item, where=f"{where}.{key}")
    else:
        raise StatementError(f"{where}: {type(value).__name__} has no place in a statement")
