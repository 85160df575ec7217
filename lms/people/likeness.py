"""At the centre: learners who look like one person registered twice. Somebody has to say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID

from django.db.models import Count, Max

from lms.models import Alias, Completion, Erasure, Learner, Statement
from lms.signing_in import folded

MOST_ALIKE = 6
"""More people than this of one name are no proposal: pairs of them would fill pages."""


@dataclass(frozen=True, slots=True)
class Record:
    """A learner, and what was told under this id alone."""

    learner: Learner
    facts: int
    courses: int
    last_told_at: datetime | None
    completed: int  # lessons the person has completed, under all their ids


@dataclass(frozen=True, slots=True)
class Proposal:
    one: Record
    other: Record
    is_same_year: bool
    is_same_place: bool


@dataclass(frozen=True, slots=True)
class Merged:
    alias: Alias
    one: Record
    other: Record


def name_key(name: str) -> str:
    """A name as it is compared: accents, capitals and the order of its words aside."""
    return " ".join(sorted(folded(name.replace("-", " ").replace("'", " ")).split()))


def proposals() -> list[Proposal]:
    """Pairs of one name that nobody has decided on; same year, then same place, first."""
    erased = Erasure.objects.values("learner_id")
    rows = Learner.objects.exclude(pk__in=erased).select_related("telecentre", "organisation")
    alike: dict[str, list[Learner]] = defaultdict(list)
    for row in rows.order_by("pk"):
        alike[name_key(row.name)].append(row)
    decided = set(Alias.objects.in_force().values_list("one_id", "other_id"))
    pairs = [pair for group in alike.values() for pair in _pairs(group, decided)]
    records = records_of([row for pair in pairs for row in pair])
    found = [
        Proposal(
            one=records[one.pk],
            other=records[other.pk],
            is_same_year=one.birth_year is not None and one.birth_year == other.birth_year,
            is_same_place=one.telecentre_id == other.telecentre_id,
        )
        for one, other in pairs
    ]
    return sorted(found, key=lambda item: (not item.is_same_year, not item.is_same_place))


def merged_pairs() -> list[Merged]:
    """What was decided and may be undone, the newest first."""
    said = list(
        Alias.objects.in_force()
        .filter(is_same=True)
        .exclude(one__in=Erasure.objects.values("learner_id"))
        .select_related("one__telecentre", "other__telecentre", "decided_by")
        .order_by("-decided_at")
    )
    records = records_of([row for alias in said for row in (alias.one, alias.other)])
    return [
        Merged(alias=alias, one=records[alias.one_id], other=records[alias.other_id])
        for alias in said
    ]


def records_of(learners: Collection[Learner]) -> dict[UUID, Record]:
    """What each has done; two queries, however many."""
    ids = {row.pk for row in learners}
    told = {
        row["learner_id"]: row
        for row in Statement.objects.filter(learner_id__in=ids)
        .order_by()
        .values("learner_id")
        .annotate(
            facts=Count("pk"),
            courses=Count("course_id", distinct=True),
            last=Max("occurred_at"),
        )
    }
    persons = {row.person_id for row in learners}
    done = dict(
        Completion.objects.filter(learner_id__in=persons, kind="lesson")
        .order_by()
        .values_list("learner_id")
        .annotate(Count("pk"))
    )
    return {
        row.pk: Record(
            learner=row,
            facts=told[row.pk]["facts"] if row.pk in told else 0,
            courses=told[row.pk]["courses"] if row.pk in told else 0,
            last_told_at=told[row.pk]["last"] if row.pk in told else None,
            completed=done.get(row.person_id, 0),
        )
        for row in learners
    }


def _pairs(
    group: list[Learner], decided: set[tuple[UUID, UUID]]
) -> Iterator[tuple[Learner, Learner]]:
    """Not those of two known years: people of one name are many. Nor those shown as one."""
    if len(group) > MOST_ALIKE:
        return
    for one, other in combinations(group, 2):
        years = {row.birth_year for row in (one, other)} - {None}
        if len(years) > 1 or one.person_id == other.person_id or (one.pk, other.pk) in decided:
            continue
        yield one, other
