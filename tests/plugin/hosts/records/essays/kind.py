"""A kind of exercise of the host's own: a text one writes on paper, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.activities import ActivityKind
from courses.outline_codec import decode, encode
from lms.progress.figures import ActivityFigures, Deed, Definitions, Done


@dataclass(frozen=True, slots=True)
class EssayDefinition:
    words: int

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> EssayDefinition:
        return decode(cls, document, where="essay")

    def to_dict(self) -> dict[str, Any]:
        return dict(encode(self))


def rule_in_words(essay: EssayDefinition) -> str:
    return f"Write {essay.words} words."


def fold_essay(deeds: Sequence[Deed], _definitions: Definitions) -> ActivityFigures:
    ends = [deed.occurred_at for deed in deeds if deed.verb == "completed"]
    return ActivityFigures(done=Done(completed_at=ends[0]) if ends else None)


ESSAY = ActivityKind(name="essay", parse=EssayDefinition, rule=rule_in_words)
