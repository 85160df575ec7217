"""At a telecentre: what a centre says is new in its packs, held to its bounds at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offline_pack.offered_news import KINDS, LISTED, TITLE, VERSIONS
from offline_pack.sync.envelope import whole

_NUMBER = 12  # characters, such as "12.10"


def believed_news(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """``news`` of an offer, whole; empty from a centre that does not say.

    Raises ``AttributeError``, ``KeyError``, ``TypeError`` or ``ValueError``.
    """
    if not document:
        return {}
    return {
        "lessons": whole(document["lessons"]),
        "since": [_believed(told) for told in document.get("since", [])[:VERSIONS]],
    }


def _believed(told: Mapping[str, Any]) -> dict[str, Any]:
    more = told.get("more", {})
    return {
        "version": whole(told["version"]),
        **{kind: [_lesson(*item) for item in told.get(kind, [])[:LISTED]] for kind in KINDS},
        "more": {kind: whole(more.get(kind, 0)) for kind in KINDS},
    }


def _lesson(number: str, title: str, *_later: Any) -> list[str]:
    return [str(number)[:_NUMBER], str(title)[:TITLE]]
