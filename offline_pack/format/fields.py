"""Read one field of a parsed JSON object; raises ``ManifestError`` with the place."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from offline_pack.format import strictjson
from offline_pack.format.errors import ManifestError

MAX_TEXT = 500  # characters

SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,63}")
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def get(value: Any, key: str, kind: type, where: str) -> Any:
    """``value[key]``, which must be exactly of that JSON type."""
    if not isinstance(value, dict):
        raise ManifestError(where, "an object is expected")
    if key not in value:
        raise ManifestError(f"{where}.{key}", "is missing")
    if type(value[key]) is not kind:  # True is an int for isinstance
        raise ManifestError(f"{where}.{key}", f"{kind.__name__} is expected")
    return value[key]


def integer(
    value: Any, key: str, where: str, *, least: int = 0, most: int = strictjson.MAX_INTEGER
) -> int:
    number: int = get(value, key, int, where)
    if not least <= number <= most:
        raise ManifestError(f"{where}.{key}", f"{least} to {most} is expected")
    return number


def text(value: Any, key: str, where: str, *, pattern: re.Pattern[str] | None = None) -> str:
    found: str = get(value, key, str, where)
    if not 1 <= len(found) <= MAX_TEXT or (pattern and not pattern.fullmatch(found)):
        raise ManifestError(f"{where}.{key}", "the text is not of the form expected")
    return found


def version(value: Any, key: str, where: str) -> str | None:
    if isinstance(value, dict) and value.get(key) is None:
        return None
    return text(value, key, where, pattern=_VERSION)


def uuid(document: dict[str, Any], key: str) -> UUID:
    written = text(document, key, "manifest")
    try:
        value = UUID(written)
    except ValueError as error:
        raise ManifestError(key, "a UUID is expected") from error
    if str(value) != written:
        raise ManifestError(key, "the UUID is not written in the usual way")
    return value


def time(document: dict[str, Any], key: str) -> datetime:
    written = text(document, key, "manifest")
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise ManifestError(key, "a time is expected") from error
