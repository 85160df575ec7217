"""A lesson or an activity with where its learner stands: all a new fact about it needs, read once.

For requests that find their object and add a fact about it in one transaction. The row comes with
the enrolment and with the stamp of its course, so neither is asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import connection
from django.db.models import F, Model, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce

from courses.models import Activity
from lms.models import Completion, Enrolment, Learner, Statement
from lms.models.learner import rows_of
from lms.progress.catalogue import definitions_at, requirements_at
from lms.progress.figures import ACTIVITY, Deed, Done, Enrolled, Key
from lms.progress.loading import DEED_COLUMNS, deed_from
from lms.progress.past import Held, Past
from lms.progress.people import first_version_of
from lms.progress.rules import ACTIVITY_VERBS, KNOWN_V

Row = TypeVar("Row", bound=Model)
ENROLLED = tuple(Enrolled.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Footing:
    """What the row says of the learner."""

    course_id: UUID
    stamp: UUID
    first_version: int  # as in ``Past``
    enrolled: Enrolled | None


def with_footing(rows: QuerySet[Row], learner_id: UUID) -> QuerySet[Row]:
    """Lessons or activities with their course, and the learner's enrolment in it."""
    here = {"learner_id": learner_id, "course_id": OuterRef("course_id")}
    enrolment = Enrolment.objects.filter(**here).order_by()
    footed: Any = rows.select_related("course").annotate(
        first_version=Subquery(first_version_of(learner_id, OuterRef(OuterRef("course_id")))),
        person=Subquery(Learner.objects.filter(pk=learner_id).values("same_as")),
        **{f"enrolled_{name}": Subquery(enrolment.values(name)[:1]) for name in ENROLLED},
    )
    return cast("QuerySet[Row]", footed)


def load_past_of(
    rows: QuerySet[Row], learner_id: UUID, *, version: int | None = None
) -> tuple[Row, Past]:
    """Lock the learner; return the one row, and what came before a fact about it.

    ``version`` is the one the fact will tell of, the course's own by default. At most two
    queries, where the catalogue is known already. Raises ``DoesNotExist``.
    """
    if connection.features.has_select_for_update:
        Learner.objects.select_for_update().filter(pk=learner_id).values_list("pk").first()
    row: Any = with_footing(rows, learner_id).get()
    if row.person:  # they became one while this request was on its way
        return load_past_of(rows, row.person, version=version)
    footing = _footing(row)
    if not isinstance(row, Activity):
        held = Held(footing.enrolled, {}, frozenset())
        return row, _past(footing, learner_id, held=held)
    told = version or row.course.version
    first = min(told, footing.first_version or told)
    asked = requirements_at(footing.course_id, footing.stamp).since(first)
    key = (ACTIVITY, row.pk)
    sought = frozenset({key, *asked.needed_by(asked.above([key]))})
    deeds, known = _deeds_and_known(learner_id, footing.course_id, activity_id=row.pk, keys=sought)
    held = Held(footing.enrolled, known, sought)
    definitions = definitions_at(row.pk, footing.stamp)
    return row, _past(footing, learner_id, held=held, deeds=deeds, definitions=definitions)  # type: ignore[return-value]


def _past(footing: Footing, learner_id: UUID, **more: Any) -> Past:
    return Past(
        pair=(learner_id, footing.course_id),
        course_stamp=footing.stamp,
        first_version=footing.first_version,
        **({"deeds": (), "definitions": None} | more),
    )


def _footing(row: Any) -> Footing:
    values = {name: getattr(row, f"enrolled_{name}") for name in ENROLLED}
    return Footing(
        course_id=row.course_id,
        stamp=row.course.stamp,
        first_version=row.first_version or 0,
        enrolled=Enrolled(**values) if values["registered_at"] else None,
    )


def _deeds_and_known(
    learner_id: UUID, course_id: UUID, *, activity_id: UUID, keys: frozenset[Key]
) -> tuple[tuple[Deed, ...], Mapping[Key, Done]]:
    """What was done about the activity, and what stands completed of these; one query for both.

    A completion travels in the columns of a deed: its kind as the verb, its score as the body.
    """
    deeds = Statement.objects.filter(
        learner_id__in=rows_of(learner_id).values("pk"),
        object_id=activity_id,
        verb__in=ACTIVITY_VERBS,
        v__lte=KNOWN_V,
    )
    known = Completion.objects.filter(
        learner_id=learner_id,
        course_id=course_id,
        object_id__in={object_id for _kind, object_id in keys},
    ).annotate(
        as_id=F("learner_id"),
        as_version=Value(0),
        as_sequence=Value(0),
        as_body=Coalesce(Cast("scaled", TextField()), Value(""), output_field=TextField()),
    )
    both = (
        deeds.order_by()
        .values_list("course_id", *DEED_COLUMNS)
        .union(
            known.order_by().values_list(
                "course_id",
                "as_id",
                "kind",
                "object_id",
                "as_version",
                "completed_at",
                "course_id",
                "as_sequence",
                "as_body",
            ),
            all=True,
        )
    )
    done: dict[Key, Done] = {}
    found = []
    for told_in, *columns in both:
        if columns[1] in ACTIVITY_VERBS:
            if told_in == course_id:
                found.append(deed_from(*columns))
        else:
            score = Decimal(columns[-1]) if columns[-1] else None
            done[columns[1], columns[2]] = Done(completed_at=columns[4], scaled=score)
    return tuple(found), done
