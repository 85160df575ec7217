"""Practical: a checklist an observer fills in while watching the learner.

Plain Python. Passed when every safety item (★) is done alone and at least 80 % of the others
are done with help or better (curriculum.md, rules for all courses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from courses.activities.registry import ActivityKind, register
from courses.outline_codec import decode, encode

SHARE_OF_OTHERS = Decimal("0.80")


class Level(StrEnum):
    """How the observer saw an item done."""

    NOT_SEEN = "not_seen"
    WITH_HELP = "with_help"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    id: UUID
    text: str
    safety: bool = False  # ★
    skill: str = ""  # identifier in the competency list, for reports


@dataclass(frozen=True, slots=True)
class PracticalDefinition:
    items: tuple[ChecklistItem, ...]
    instructions: str = ""  # cleaned HTML

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> PracticalDefinition:
        definition: PracticalDefinition = decode(cls, document, where="practical")
        return definition

    def to_dict(self) -> dict[str, Any]:
        return dict(encode(self))

    def is_passed(self, levels: Mapping[UUID, Level]) -> bool:
        """Whether these marks, by item id, pass the practical; an item not marked is not seen."""
        safety = [item for item in self.items if item.safety]
        others = [item for item in self.items if not item.safety]
        if not all(levels.get(item.id) == Level.ALONE for item in safety):
            return False
        done = sum(levels.get(item.id, Level.NOT_SEEN) != Level.NOT_SEEN for item in others)
        return bool(self.items) and done >= SHARE_OF_OTHERS * len(others)


register(ActivityKind(name="practical", parse=PracticalDefinition))
