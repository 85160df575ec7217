"""What the rules read and what they conclude, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

Key = tuple[str, UUID]
"""A kind of completion and the object completed."""

SEEN, ACTIVITY, LESSON, MODULE, COURSE = "seen", "activity", "lesson", "module", "course"


@dataclass(frozen=True, slots=True)
class Deed:
    """What the rules need of a statement."""

    id: UUID
    verb: str
    object_id: UUID
    course_version: int
    occurred_at: datetime
    epoch_id: UUID
    sequence: int
    body: Mapping[str, Any]

    @property
    def place(self) -> tuple[datetime, UUID, int]:
        """The one order of a learner's deeds, the same on every machine that holds them."""
        return (self.occurred_at, self.epoch_id, self.sequence)


@dataclass(frozen=True, slots=True)
class Done:
    completed_at: datetime
    scaled: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One try at an activity, as its row holds it."""

    course_version: int
    started_at: datetime
    finished_at: datetime | None
    answers: Mapping[str, Any]
    scaled: Decimal | None
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    registered_at: datetime
    last_lesson_id: UUID | None
    last_lesson_at: datetime | None
    last_active_at: datetime


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of one activity, each from a course version on, oldest first."""

    kind: str
    steps: tuple[tuple[int, Any], ...]  # (since, parsed)

    def at(self, version: int) -> Any:
        """The definition in force in that version of the course; the first one before it."""
        return self.since(version)[0]

    def since(self, version: int) -> tuple[Any, ...]:
        """Every definition that has been in force from that version on, oldest first."""
        place = sum(since <= version for since, _parsed in self.steps)
        return tuple(parsed for _since, parsed in self.steps[max(place - 1, 0) :])


@dataclass(frozen=True, slots=True)
class ActivityFigures:
    """The conclusions about one learner and one activity."""

    tries: Mapping[UUID, Try] = field(default_factory=dict)
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """All conclusions about one learner and one course."""

    enrolled: Enrolled | None = None
    tries: Mapping[tuple[UUID, UUID], Try] = field(default_factory=dict)  # (activity, attempt)
    done: Mapping[Key, Done] = field(default_factory=dict)
