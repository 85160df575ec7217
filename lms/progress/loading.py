"""Reads what the rules need, a constant number of queries for any number of learners."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lms.models import Completion, Statement
from lms.progress.figures import Deed, Done, Key

Pair = tuple[UUID, UUID]
"""A learner's id and a course's."""

DEED_COLUMNS = (  # in the order of a deed's fields
    "id",
    "verb",
    "object_id",
    "course_version",
    "occurred_at",
    "epoch_id",
    "sequence",
    "body_json",
)
KNOWN_COLUMNS = ("learner_id", "course_id", "kind", "object_id", "completed_at", "scaled")
NO_BODY: Mapping[str, Any] = {}

TOGETHER = 100
"""Pairs a query: SQLite refuses an expression of a thousand parts."""


def deed_of(statement: Statement) -> Deed:
    return deed_from(*(getattr(statement, name) for name in DEED_COLUMNS))


def read_deeds(statements: QuerySet[Statement], *, up_to_v: int) -> Iterable[tuple[Pair, Deed]]:
    """Each statement's learner, course and deed; bodies of a later form are passed over."""
    rows = statements.values_list("learner_id", "course_id", "v", *DEED_COLUMNS)
    for learner_id, course_id, v, *columns in rows.iterator(2000):
        if v <= up_to_v and course_id is not None:
            yield (learner_id, course_id), deed_from(*columns)


def deed_from(*columns: Any) -> Deed:
    """From the values of ``DEED_COLUMNS``."""
    fields, body_json = columns[:-1], columns[-1]
    body = NO_BODY if body_json == "{}" else json.loads(body_json)
    read: Callable[..., Deed] = Deed
    return read(*fields, body if isinstance(body, dict) else NO_BODY)


def count_facts(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """How many statements there are of each learner about the course."""
    listed = list(pairs)
    about = Statement.objects.filter(
        learner_id__in={learner_id for learner_id, _ in listed},
        course_id__in={course_id for _, course_id in listed},
    )
    rows = about.order_by().values_list("learner_id", "course_id").annotate(Count("pk"))
    return {(learner_id, course_id): facts for learner_id, course_id, facts in rows}


def load_known(wanted: Mapping[Pair, Collection[Key]]) -> dict[Pair, dict[Key, Done]]:
    """The completions that stand already among those wanted of each learner and course.

    One query for every ``TOGETHER`` pairs. A batch of 240 learners, each elsewhere in the course,
    would otherwise read nearly all that each of them ever completed.
    """
    known: dict[Pair, dict[Key, Done]] = {}
    remaining = iter(wanted.items())
    while chunk := list(islice(remaining, TOGETHER)):
        rows = Completion.objects.filter(_any_of(chunk)).order_by().values_list(*KNOWN_COLUMNS)
        for learner_id, course_id, kind, object_id, completed_at, scaled in rows:
            done = Done(completed_at=completed_at, scaled=scaled)
            known.setdefault((learner_id, course_id), {})[kind, object_id] = done
    return known


def _any_of(wanted: Iterable[tuple[Pair, Collection[Key]]]) -> Q:
    """Each pair's own objects; each part is found by the index on learner and course."""
    sought = Q(pk__in=())
    for (learner_id, course_id), keys in wanted:
        objects = {object_id for _kind, object_id in keys}
        sought |= Q(learner_id=learner_id, course_id=course_id, object_id__in=objects)
    return sought
