"""H5P activity: an interactive exercise played in a sandbox.

Plain Python: the shape of the definition. Reading packages and playing them is ``courses.h5p``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from courses.activities.registry import ActivityKind, register
from courses.outline import BlobRef
from courses.outline_codec import decode, encode


class CompletionMode(StrEnum):
    """How the activity is completed (h5p.md, Results)."""

    SCORED = "scored"  # a result at or above the pass mark
    VIEWED = "viewed"  # opened
    MARKED = "marked"  # the learner says so


@dataclass(frozen=True, slots=True)
class H5PDefinition:
    main_library: str  # "H5P.MultiChoice 1.16"
    libraries: tuple[str, ...]  # every library needed, "Name major.minor", dependencies first
    content: BlobRef  # content.json
    files: Mapping[str, BlobRef]  # path under content/ -> blob, content.json left out
    completion: str = CompletionMode.SCORED
    pass_percent: int = 70  # 0..100, of the scaled score
    language: str = "fr"
    text_equivalent: str = ""  # cleaned HTML, for who cannot play it
    needs_internet: bool = False
    size: int = 0  # bytes fetched by a first play, for the button

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> H5PDefinition:
        definition: H5PDefinition = decode(cls, document, where="h5p")
        return definition

    def to_dict(self) -> dict[str, Any]:
        return dict(encode(self))


register(ActivityKind(name="h5p", parse=H5PDefinition))
