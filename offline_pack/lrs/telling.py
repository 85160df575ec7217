"""From stored facts to the statements an LRS gets, portion by portion."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from courses.models import Activity, Course, Lesson
from lms.models import Learner, Statement
from lms.people.erasing import erased_among
from lms.xapi import Telling, to_xapi
from offline_pack.lrs.access import LrsAccess

Titles = Mapping[UUID, tuple[str, str]]  # language, title


@dataclass(frozen=True, slots=True)
class Told:
    """A statement as it is sent."""

    id: UUID
    json: bytes  # ASCII


def tell(rows: Sequence[Statement], *, access: LrsAccess) -> list[Told]:
    """In the order of ``rows``, without those about people who were erased."""
    erased = erased_among({row.learner_id for row in rows} | {row.object_id for row in rows})
    rows = [row for row in rows if not {row.learner_id, row.object_id} & erased.keys()]
    learners = {row.pk: row for row in _learners(row.learner_id for row in rows)}
    titles = _titles(rows)
    told: list[Told] = []
    for row in rows:
        learner = learners.get(row.learner_id)
        telling = Telling(
            home_page=access.home_page,
            occurred_at=row.occurred_at,
            within_ms=row.occurred_within_ms,
            language=learner.language if learner else "",
            titles=titles,
            name=learner.name if learner and access.with_names else "",
        )
        text = json.dumps(to_xapi(row.fact(), telling), separators=(",", ":"))
        told.append(Told(row.pk, text.encode("ascii")))
    return told


def _learners(ids: Iterable[UUID]) -> Iterable[Learner]:
    return Learner.objects.filter(pk__in=set(ids)).only("id", "language", "name")


def _titles(rows: Sequence[Statement]) -> Titles:
    courses = {row.course_id for row in rows if row.course_id}
    objects = {row.object_id for row in rows}
    found = (
        Course.objects.filter(pk__in=courses | objects).values_list("pk", "language", "title"),
        Lesson.objects.filter(pk__in=objects).values_list(
            "pk", "module__course__language", "title"
        ),
        Activity.objects.filter(pk__in=objects).values_list("pk", "course__language", "title"),
    )
    return {pk: (language, title) for pk, language, title in chain.from_iterable(found)}
