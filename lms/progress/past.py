"""All that came before a new fact about an activity, for one learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Subquery

from courses.models import Activity, Course
from lms.models import Learner, Statement
from lms.models.learner import rows_of
from lms.progress.activity_rules import fold_activity
from lms.progress.catalogue import (
    RequirementsOf,
    definitions_at,
    load_definitions,
    requirements_at,
)
from lms.progress.figures import Deed, Definitions, Done, Enrolled, Key, Try
from lms.progress.loading import DEED_COLUMNS, Pair, deed_from
from lms.progress.people import first_version_of
from lms.progress.requirements import Requirements
from lms.progress.rules import ACTIVITY_VERBS, KNOWN_V


@dataclass(frozen=True, slots=True)
class Held:
    """Conclusions that stand already, read with the past."""

    enrolled: Enrolled | None
    known: Mapping[Key, Done]
    sought: frozenset[Key]  # those looked for: what is not among ``known`` does not stand


@dataclass(frozen=True, slots=True)
class Past:
    """What a learner did about a lesson or an activity, and what the catalogue says of it now."""

    pair: Pair
    deeds: tuple[Deed, ...]
    definitions: Definitions | None
    course_stamp: UUID | None  # None: not known, for lack of deeds or of the course
    first_version: int  # the lowest the learner has told of, in the whole course; 0 for none
    held: Held | None = None  # None: to be read when it is needed

    def tries(self) -> Mapping[UUID, Try]:
        """The tries so far, the first one first."""
        tries = fold_activity(self.deeds, self.definitions).tries
        return dict(sorted(tries.items(), key=lambda item: (item[1].started_at, item[0])))

    def is_complete(self, *later: Deed) -> bool:
        """Whether the activity is completed by what was done, and by these deeds after it."""
        return fold_activity([*self.deeds, *later], self.definitions).done is not None

    def requirements(self, deed: Deed) -> Mapping[Pair, Requirements] | RequirementsOf:
        """What the course asks of the learner, the new deed told; ask once it is stored."""
        if self.course_stamp is None:
            return RequirementsOf([self.pair])
        told = [version for version in (self.first_version, deed.course_version) if version > 0]
        course = requirements_at(self.pair[1], self.course_stamp)
        return {self.pair: course.since(min(told, default=0))}


def load_past(learner_id: UUID, course_id: UUID, *, activity_id: UUID) -> Past:
    """Lock the learner, then read: one query where the catalogue is known already.

    Nothing may be added about the learner until the transaction ends. ``pair`` of the result names
    the person, should ``learner_id`` be another id of theirs.
    """
    learner = Learner.objects.select_for_update().filter(pk=learner_id).values_list("same_as")
    locked = learner.first() if connection.features.has_select_for_update else None
    rows = _read(learner_id, course_id, activity_id)
    activity_stamp, course_stamp, first, person = rows[0][:4] if rows else (None,) * 4
    if not rows:
        (person,) = locked or learner.first() or (None,)
    if person:  # they became one while this request was on its way
        return load_past(person, course_id, activity_id=activity_id)
    if activity_stamp:
        definitions = definitions_at(activity_id, activity_stamp)
    else:
        definitions = load_definitions([activity_id]).get(activity_id)
    return Past(
        pair=(learner_id, course_id),
        deeds=tuple(deed_from(*row[4:]) for row in rows),
        definitions=definitions,
        course_stamp=course_stamp,
        first_version=first or 0,
    )


def get_ready(activity: Activity) -> None:
    """Read now what the next answer will need of the catalogue; no query when it is known."""
    definitions_at(activity.pk, activity.course.stamp)
    requirements_at(activity.course_id, activity.course.stamp)


def _read(learner_id: UUID, course_id: UUID, activity_id: UUID) -> list[list[Any]]:
    """Two stamps, the first version and another id of the person, then the columns of a deed."""
    activity = Activity.objects.filter(pk=activity_id).order_by()
    course = Course.objects.filter(pk=course_id).order_by()
    # The course is compared below: named here too, SQLite would read all the learner did in it.
    deeds = Statement.objects.filter(
        learner_id__in=rows_of(learner_id).values("pk"),
        object_id=activity_id,
        verb__in=ACTIVITY_VERBS,
        v__lte=KNOWN_V,
    ).annotate(
        activity_stamp=Subquery(activity.values("course__stamp")),
        course_stamp=Subquery(course.values("stamp")),
        first_version=Subquery(first_version_of(learner_id, course_id)),
        person=Subquery(Learner.objects.filter(pk=learner_id).values("same_as")),
    )
    rows = deeds.values_list(
        "course_id", "activity_stamp", "course_stamp", "first_version", "person", *DEED_COLUMNS
    )
    return [columns for found_in, *columns in rows if found_in == course_id]
