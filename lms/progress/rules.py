"""The rules: from deeds to conclusions. Plain Python, the same for every path.

``fold`` gives the same figures whatever the order of the deeds and however often each is told. A
rebuild from nothing is ``fold``; a single new statement and a batch of 500 use its three steps,
on the objects touched and what is already known of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from lms.progress.activity_rules import fold_activity
from lms.progress.figures import (
    ACTIVITY,
    SEEN,
    ActivityFigures,
    Deed,
    Definitions,
    Done,
    Enrolled,
    Figures,
    Key,
    Try,
)
from lms.progress.requirements import Requirements

ACTIVITY_VERBS = frozenset({"attempted", "answered", "completed", "observed"})
ACTIVE_VERBS = frozenset({"registered", "seen", "attempted", "completed", "observed"})
"""What moves an enrolment's last activity; a single answer does not."""

KNOWN_V = 1
"""Bodies of a later version of a verb are kept, and read after an upgrade."""


def fold(
    deeds: Iterable[Deed],
    *,
    definitions: Mapping[UUID, Definitions],
    requirements: Requirements,
) -> Figures:
    """All conclusions about one learner and one course, from all their deeds in it."""
    told = {deed.id: deed for deed in deeds}.values()
    parts, tries = fold_parts(told, definitions)
    return Figures(
        enrolled=fold_enrolment(told, None),
        tries=tries,
        done=parts | fold_wholes(parts, requirements, {}),
    )


def fold_parts(
    deeds: Iterable[Deed], definitions: Mapping[UUID, Definitions]
) -> tuple[dict[Key, Done], dict[tuple[UUID, UUID], Try]]:
    """Lessons seen, activities completed, and the tries; all deeds of an activity, or none."""
    done: dict[Key, Done] = {}
    tries: dict[tuple[UUID, UUID], Try] = {}
    by_activity: dict[UUID, list[Deed]] = {}
    for deed in deeds:
        if deed.verb == "seen":
            key = (SEEN, deed.object_id)
            if key not in done or deed.occurred_at < done[key].completed_at:
                done[key] = Done(completed_at=deed.occurred_at)
        elif deed.verb in ACTIVITY_VERBS:
            by_activity.setdefault(deed.object_id, []).append(deed)
    for activity_id, its_deeds in by_activity.items():
        figures: ActivityFigures = fold_activity(its_deeds, definitions.get(activity_id))
        tries |= {(activity_id, attempt_id): item for attempt_id, item in figures.tries.items()}
        if figures.done:
            done[ACTIVITY, activity_id] = figures.done
    return done, tries


def fold_wholes(
    parts: Mapping[Key, Done], requirements: Requirements, known: Mapping[Key, Done]
) -> dict[Key, Done]:
    """Lessons, modules and the course that these parts may complete, beside what is known."""
    done = {**known, **parts}
    wholes: dict[Key, Done] = {}
    for key in requirements.above(parts):
        reached = requirements.reached(key, done)
        if reached:
            done[key] = wholes[key] = reached
    return wholes


def fold_enrolment(deeds: Iterable[Deed], so_far: Enrolled | None) -> Enrolled | None:
    """None unless the learner is registered. Of two lessons read at once the higher id is last."""
    active = [deed for deed in deeds if deed.verb in ACTIVE_VERBS]
    registered = [deed.occurred_at for deed in active if deed.verb == "registered"]
    if so_far:
        registered.append(so_far.registered_at)
    if not registered:
        return None
    lessons: list[tuple[datetime, UUID]] = [
        (deed.occurred_at, deed.object_id) for deed in active if deed.verb == "seen"
    ]
    if so_far and so_far.last_lesson_at and so_far.last_lesson_id:
        lessons.append((so_far.last_lesson_at, so_far.last_lesson_id))
    last_at, last_id = max(lessons, default=(None, None))
    times = [deed.occurred_at for deed in active] + ([so_far.last_active_at] if so_far else [])
    return Enrolled(
        registered_at=min(registered),
        last_lesson_id=last_id,
        last_lesson_at=last_at,
        last_active_at=max(times),
    )
