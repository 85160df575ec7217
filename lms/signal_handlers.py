"""What this app does when the floor below announces something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from courses.signals import course_published
from lms.redrawing import draw_conclusions


def connect() -> None:
    course_published.connect(
        draw_waiting_conclusions, dispatch_uid="lms.signal_handlers.draw_waiting_conclusions"
    )


def draw_waiting_conclusions(*, course_id: UUID, version: int, **_others: Any) -> None:
    draw_conclusions(course_id, version=version)
