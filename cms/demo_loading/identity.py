"""Ids of demo things: the same on every machine and at every run."""

from __future__ import annotations

import uuid
from uuid import UUID

_DEMO = uuid.UUID("d3c0de00-5e1e-5a11-8a0b-ab0bab0bab00")


def demo_id(*parts: str) -> UUID:
    """The id of the thing so called, such as ``demo_id("learner", "baobab", "Awa Ouédraogo")``."""
    return uuid.uuid5(_DEMO, "/".join(parts))
