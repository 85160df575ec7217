"""A newly published version and what it changes for its learners.

For a class it is drawn at once. For a network of five thousand it takes the worker minutes: the
trainer who publishes, or the manager who installs, does not wait for it. The row is the truth: a
task that was lost, or cut short, is begun again when the worker starts. Drawing twice changes
nothing.
"""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app

from lms.models import Enrolment, WaitingCourse
from lms.progress import derive_course

log = logging.getLogger(__name__)

DRAWN_AT_ONCE = 100
"""Learners: about a second on a small box."""


def draw_conclusions(course_id: UUID, *, version: int) -> None:
    """Draw what this version allows, now or soon."""
    waiting = WaitingCourse.objects.create(course_id=course_id, version=version)
    if Enrolment.objects.filter(course_id=course_id)[: DRAWN_AT_ONCE + 1].count() <= DRAWN_AT_ONCE:
        draw_waiting(waiting.pk)
    else:
        _dispatch(waiting.pk)


def draw_waiting(waiting_id: int) -> None:
    """Draw what one row stands for, then remove it; a row that is gone was done by another."""
    waiting = WaitingCourse.objects.filter(pk=waiting_id).first()
    if waiting is not None:
        derive_course(waiting.course_id, version=waiting.version)
        waiting.delete()


def restart_waiting() -> int:
    """Hand the worker all that is left to draw; returns how many versions."""
    left = list(WaitingCourse.objects.order_by("pk").values_list("pk", flat=True))
    for waiting_id in left:
        _dispatch(waiting_id)
    return len(left)


def _dispatch(waiting_id: int) -> None:
    try:
        # By its name: lms.tasks knows this module, not the reverse.
        current_app.send_task("lms.tasks.draw_waiting_task", args=[waiting_id])
    except Exception:  # whatever the broker's library raises: the row waits for the next start
        log.exception("the worker could not be told of waiting course %s", waiting_id)
