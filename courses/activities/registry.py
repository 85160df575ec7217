"""Where an activity's kind is looked up by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Definition(Protocol):
    """What every parsed definition can do."""

    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """A kind of exercise; ``parse`` raises ``OutlineError`` on a bad definition."""

    name: str  # as it stands in documents, e.g. "quiz"
    parse: type[Any]  # a frozen dataclass with a ``from_dict`` class method
    rule: Callable[[Any], str] | None = None  # what completes a definition, for the learner


_kinds: dict[str, ActivityKind] = {}


def register(kind: ActivityKind) -> None:
    """Make a kind known; a second registration under the same name replaces the first."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> ActivityKind | None:
    """The kind called ``name``, or None: it was written by a newer Yelen."""
    return _kinds.get(name)


def known_kinds() -> Mapping[str, ActivityKind]:
    return dict(_kinds)
