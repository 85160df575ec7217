"""Who is one person: facts are told under several ids, conclusions stand under one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Min, OuterRef, QuerySet, Subquery

from lms.models import Learner, Statement
from lms.models.learner import rows_of
from lms.progress.loading import Pair


@dataclass(frozen=True, slots=True)
class People:
    persons: Mapping[UUID, UUID]  # id -> the one shown, for those who have several

    def person(self, learner_id: UUID) -> UUID:
        return self.persons.get(learner_id, learner_id)

    def pair(self, pair: Pair) -> Pair:
        return (self.person(pair[0]), pair[1])

    def ids(self, persons: Collection[UUID]) -> set[UUID]:
        """All ids these persons' facts are told under."""
        named = set(persons)
        return named | {other for other, person in self.persons.items() if person in named}


def load_people() -> People:
    """One query; as long as the list of those registered twice, which is short."""
    merged = Learner.objects.filter(same_as__isnull=False).order_by()
    return People(dict(merged.values_list("pk", "same_as_id")))


def first_version_of(person_id: UUID, course_id: Any) -> QuerySet[Any, Any]:
    """For a subquery: the lowest version of the course the person told of.

    ``course_id`` may refer to the outer query. One step down an index for each id.
    """
    told = Statement.objects.filter(
        learner_id=OuterRef("pk"), course_id=course_id, course_version__gt=0
    )
    first = told.order_by("course_version").values("course_version")[:1]
    rows = rows_of(person_id).annotate(first=Subquery(first))
    return rows.order_by(F("first").asc(nulls_last=True)).values("first")[:1]


def first_versions(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """The lowest course version among all that each person told about the course."""
    listed = set(pairs)
    if not listed:
        return {}
    people = load_people()
    about = Statement.objects.filter(
        learner_id__in=people.ids({learner_id for learner_id, _ in listed}),
        course_id__in={course_id for _, course_id in listed},
        course_version__gt=0,
    )
    rows = about.order_by().values_list("learner_id", "course_id").annotate(Min("course_version"))
    firsts: dict[Pair, int] = {}
    for learner_id, course_id, first in rows:
        pair = (people.person(learner_id), course_id)
        firsts[pair] = min(first, firsts.get(pair, first))
    return firsts
