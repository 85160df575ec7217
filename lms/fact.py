"""The compact form of a statement: how it is hashed and how it travels. Plain Python.

``docs/reference/sync-protocol.md`` gives the layout. Ids and hashes are text in the document; a
body holds only strings, integers, booleans, lists and objects (scores are strings), so that the
canonical bytes are the same on every machine and database.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

MAX_DEPTH = 64
"""Lists and objects in one another, in a body; an H5P event has some ten."""

FIRST_HASH = bytes(32)
"""The hash before the first fact of an epoch."""


@dataclass(frozen=True, slots=True)
class Fact:
    id: UUID
    sequence: int  # 1, 2, 3... within its epoch
    verb: str
    v: int  # version of this verb's body
    learner_id: UUID
    object_id: UUID
    course_id: UUID | None
    course_version: int
    wall_ms: int
    boot_id: UUID
    mono_ms: int
    clock_quality: int
    body_json: str  # canonical: see canonical_text()

    def to_wire(self) -> dict[str, Any]:
        """The document sent and hashed; short keys, they travel by 2G."""
        return {
            "id": self.id.hex,
            "n": self.sequence,
            "k": self.verb,
            "v": self.v,
            "a": self.learner_id.hex,
            "o": self.object_id.hex,
            "c": self.course_id.hex if self.course_id else "",
            "r": self.course_version,
            "w": self.wall_ms,
            "b": self.boot_id.hex,
            "m": self.mono_ms,
            "q": self.clock_quality,
            "x": json.loads(self.body_json),
        }

    @classmethod
    def from_wire(cls, document: Mapping[str, Any]) -> Fact:
        """Parse at the door; raises ``KeyError``, ``TypeError`` or ``ValueError`` on bad input."""
        whole = {key: _whole(document[key], *bounds) for key, bounds in _BOUNDS.items()}
        return cls(
            id=UUID(document["id"]),
            sequence=whole["n"],
            verb=_text(document["k"], longest=40),
            v=whole["v"],
            learner_id=UUID(document["a"]),
            object_id=UUID(document["o"]),
            course_id=UUID(document["c"]) if document["c"] else None,
            course_version=whole["r"],
            wall_ms=whole["w"],
            boot_id=UUID(document["b"]),
            mono_ms=whole["m"],
            clock_quality=whole["q"],
            body_json=_shallow(canonical_text(document["x"])),
        )

    def hash_after(self, previous: bytes) -> bytes:
        """The chain hash: SHA-256 of the previous hash and this fact's canonical bytes."""
        return hashlib.sha256(previous + canonical_text(self.to_wire()).encode("ascii")).digest()


def canonical_text(document: Any) -> str:
    """Sorted keys, no spaces, ASCII only: what NUL and lone surrogates survive as escapes."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


_BOUNDS = {
    "n": (1, 2**63 - 1),
    "v": (0, 2**15 - 1),
    "r": (0, 2**31 - 1),
    "w": (-(2**63), 2**63 - 1),
    "m": (-(2**63), 2**63 - 1),
    "q": (-(2**15), 2**15 - 1),
}
"""The whole numbers of a fact, and what every database can hold of them."""

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]')
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def is_too_deep(text: str) -> bool:
    """Whether JSON is nested deeper than ``MAX_DEPTH``.

    Python stops somewhere beyond; where, depends on who calls.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for token in _TOKENS.finditer(text):
        depth += _STEPS.get(token[0], 0)
        if depth > MAX_DEPTH:
            return True
    return False


def _shallow(text: str) -> str:
    if is_too_deep(text):
        raise ValueError(f"a body is nested {MAX_DEPTH} deep at most")
    return text


def _whole(value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"a whole number from {least} to {most} is expected")
    return value


def _text(value: Any, *, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise ValueError("a short text is expected")
    return value
