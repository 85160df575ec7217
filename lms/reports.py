"""What trainers, managers and coordinators read. A constant number of queries, however many rows.

Every figure is "as of last sync": the centre knows what a telecentre last sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Max, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from courses.models import Activity, Course, Lesson
from lms.models import Attempt, Cohort, Completion, Enrolment, Learner, Statement, Telecentre
from lms.moments import DAY
from lms.progress import load_people

M = TypeVar("M", bound=Model)

TWO_PLACES = Decimal("0.01")

PERSON_OF = Coalesce("learner__same_as_id", "learner_id")
"""Of a row about a learner: the id the person is shown under."""

NAMED = 500
"""Up to so many learners are named in a query; beyond, the whole course is read."""


@dataclass(frozen=True, slots=True)
class Column:
    """A lesson in the head of the table."""

    lesson_id: UUID
    number: str  # "3.2"
    title: str
    activity_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    is_seen: bool
    is_complete: bool
    scaled: Decimal | None  # mean of the best scores of its activities, 0..1

    @property
    def percent(self) -> int | None:
        """The score as it is shown, 0..100; rounded down, so that 69.9 is no pass."""
        return None if self.scaled is None else int(self.scaled * 100)


@dataclass(frozen=True, slots=True)
class Row:
    learner_id: UUID
    name: str
    telecentre: str
    cells: tuple[Cell, ...]
    completed_lessons: int
    completed_at: datetime | None
    last_active_at: datetime | None
    about: frozenset[str] = frozenset()  # names of the dates that may be days off


@dataclass(frozen=True, slots=True)
class LessonsTable:
    course: Course
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """One learner of a course, in one line."""

    learner_id: UUID
    name: str
    sex: str
    birth_year: int | None
    organisation: str
    telecentre: str
    region: str
    registered_at: datetime | None
    lessons_completed: int
    lessons_total: int
    practicals_passed: int
    practicals_total: int
    score: Decimal | None  # mean of the best quiz and exercise scores, 0..1
    completed_at: datetime | None
    last_active_at: datetime | None
    as_of: datetime | None  # the telecentre's last sync
    about: frozenset[str] = frozenset()  # names of the dates that may be days off


def followers(course: Course, learners: QuerySet[Learner]) -> QuerySet[Learner]:
    """Those of ``learners`` (persons) who follow the course, alone or with an open group."""
    alone = Enrolment.objects.filter(course_id=course.pk).values("learner_id")
    members = Cohort.learners.through._default_manager.filter(
        cohort__closed_at=None, cohort__courses__course_id=course.pk
    )
    return learners.filter(Q(pk__in=alone) | Q(pk__in=members.values(person=PERSON_OF)))


def telecentres_of(learners: QuerySet[Learner]) -> list[Telecentre]:
    """The telecentres of these learners, with the date of their last sync."""
    ids = learners.order_by().values("telecentre_id")
    return list(Telecentre.objects.filter(pk__in=ids))


def lessons_table(course: Course, learners: Iterable[Learner]) -> LessonsTable:
    """Who has read and completed which lesson; ``learners`` with their telecentres joined."""
    shown = list(learners)
    ids = [learner.pk for learner in shown] if len(shown) <= NAMED else None
    columns = lesson_columns(course)
    done = _completions(course, ids)
    best = _best_scores(course, ids)
    active = _enrolments(course, ids)
    unsure = _unsure(course, ids)
    rows = [
        _row(learner, course, columns, done.get(learner.pk, {}), best, active, unsure)
        for learner in shown
    ]
    return LessonsTable(course=course, columns=columns, rows=tuple(rows))


def lesson_columns(course: Course) -> tuple[Column, ...]:
    lessons = Lesson.objects.current().filter(course=course).select_related("module")
    activities: dict[UUID, list[UUID]] = {}
    for lesson_id, activity_id in _current_activities(course).values_list("lesson_id", "pk"):
        activities.setdefault(lesson_id, []).append(activity_id)
    return tuple(
        Column(
            lesson_id=lesson.pk,
            number=lesson.number,
            title=lesson.title,
            activity_ids=tuple(activities.get(lesson.pk, ())),
        )
        for lesson in lessons.defer("block_documents").order_by("module__position", "position")
    )


def completions(course: Course, learners: QuerySet[Learner]) -> list[CompletionRow]:
    """One row a follower of the course among ``learners``, by telecentre and name."""
    following = followers(course, learners).select_related("telecentre", "organisation")
    lessons = Lesson.objects.current().filter(course=course)
    kinds = dict(_current_activities(course).values_list("pk", "kind"))
    practicals = [pk for pk, kind in kinds.items() if kind == "practical"]
    lessons_done = _counts(course, Completion.Kind.LESSON, lessons.values("pk"))
    practicals_done = _counts(course, Completion.Kind.ACTIVITY, practicals)
    scores = _mean_scores(course, [pk for pk in kinds if pk not in practicals])
    finished = dict(
        Completion.objects.filter(course_id=course.pk, kind=Completion.Kind.COURSE).values_list(
            "learner_id", "completed_at"
        )
    )
    enrolments = _enrolments(course, None)
    unsure = _unsure(course, None)
    total = lessons.count()
    return [
        CompletionRow(
            learner_id=learner.pk,
            name=learner.name,
            sex=learner.sex,
            birth_year=learner.birth_year,
            organisation=learner.organisation.name if learner.organisation else "",
            telecentre=learner.telecentre.name,
            region=learner.region or learner.telecentre.region,
            registered_at=enrolled.registered_at if enrolled else None,
            lessons_completed=lessons_done.get(learner.pk, 0),
            lessons_total=total,
            practicals_passed=practicals_done.get(learner.pk, 0),
            practicals_total=len(practicals),
            score=scores.get(learner.pk),
            completed_at=finished.get(learner.pk),
            last_active_at=enrolled.last_active_at if enrolled else None,
            as_of=learner.telecentre.last_synced_at,
            about=_about(
                learner.pk,
                unsure,
                registered_at=enrolled.registered_at if enrolled else None,
                completed_at=finished.get(learner.pk),
                last_active_at=enrolled.last_active_at if enrolled else None,
            ),
        )
        for learner in following.order_by("telecentre__name", "name", "pk")
        for enrolled in [enrolments.get(learner.pk)]
    ]


def _row(
    learner: Learner,
    course: Course,
    columns: Sequence[Column],
    done: dict[tuple[str, UUID], datetime],
    best: dict[tuple[UUID, UUID], Decimal],
    active: dict[UUID, Enrolment],
    unsure: set[tuple[UUID, datetime]],
) -> Row:
    cells = tuple(
        Cell(
            is_seen=("seen", column.lesson_id) in done,
            is_complete=("lesson", column.lesson_id) in done,
            scaled=_mean(best.get((learner.pk, pk)) for pk in column.activity_ids),
        )
        for column in columns
    )
    enrolled = active.get(learner.pk)
    completed_at = done.get(("course", course.pk))
    last_active_at = enrolled.last_active_at if enrolled else None
    return Row(
        learner_id=learner.pk,
        name=learner.name,
        telecentre=learner.telecentre.name,
        cells=cells,
        completed_lessons=sum(cell.is_complete for cell in cells),
        completed_at=completed_at,
        last_active_at=last_active_at,
        about=_about(learner.pk, unsure, completed_at=completed_at, last_active_at=last_active_at),
    )


def _unsure(course: Course, learner_ids: Sequence[UUID] | None) -> set[tuple[UUID, datetime]]:
    """Learners and moments of theirs that may be more than a day off: clocks go wrong."""
    facts = Statement.objects.filter(course_id=course.pk, occurred_within_ms__gt=DAY)
    people = load_people()
    ids = None if learner_ids is None else list(people.ids(learner_ids))
    told = _of(ids, facts).values_list("learner_id", "occurred_at").distinct()
    return {(people.person(learner_id), at) for learner_id, at in told}


def _about(
    learner_id: UUID, unsure: set[tuple[UUID, datetime]], **dates: datetime | None
) -> frozenset[str]:
    return frozenset(name for name, at in dates.items() if at and (learner_id, at) in unsure)


def _of(learner_ids: Sequence[UUID] | None, rows: QuerySet[M]) -> QuerySet[M]:
    return rows if learner_ids is None else rows.filter(learner_id__in=learner_ids)


def _current_activities(course: Course) -> QuerySet[Activity]:
    return Activity.objects.filter(course=course, retired_at=None).order_by("lesson", "position")


def _completions(
    course: Course, learner_ids: Sequence[UUID] | None
) -> dict[UUID, dict[tuple[str, UUID], datetime]]:
    rows = _of(learner_ids, Completion.objects.filter(course_id=course.pk))
    rows = rows.filter(kind__in=("seen", "lesson", "course"))
    done: dict[UUID, dict[tuple[str, UUID], datetime]] = {}
    for learner_id, kind, object_id, at in rows.values_list(
        "learner_id", "kind", "object_id", "completed_at"
    ):
        done.setdefault(learner_id, {})[kind, object_id] = at
    return done


def _best_scores(
    course: Course, learner_ids: Sequence[UUID] | None
) -> dict[tuple[UUID, UUID], Decimal]:
    """The best score of each learner in each activity."""
    tries = _of(learner_ids, Attempt.objects.filter(course_id=course.pk, scaled__isnull=False))
    rows = tries.order_by().values_list("learner_id", "activity_id").annotate(Max("scaled"))
    return {(learner_id, activity_id): best for learner_id, activity_id, best in rows}


def _mean_scores(course: Course, activity_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Each learner's mean over the activities they have a score in."""
    tries = Attempt.objects.filter(
        course_id=course.pk, activity_id__in=activity_ids, scaled__isnull=False
    )
    best: dict[UUID, list[Decimal]] = {}
    rows = tries.order_by().values_list("learner_id", "activity_id").annotate(Max("scaled"))
    for learner_id, _activity_id, scaled in rows.iterator():
        best.setdefault(learner_id, []).append(scaled)
    return {learner_id: mean for learner_id, all_ in best.items() if (mean := _mean(all_))}


def _counts(course: Course, kind: str, object_ids: QuerySet | Sequence[UUID]) -> dict[UUID, int]:
    rows = Completion.objects.filter(
        course_id=course.pk, kind=kind, object_id__in=object_ids
    ).order_by()
    return dict(rows.values_list("learner_id").annotate(Count("pk")))


def _enrolments(course: Course, learner_ids: Sequence[UUID] | None) -> dict[UUID, Enrolment]:
    rows = _of(learner_ids, Enrolment.objects.filter(course_id=course.pk))
    return {row.learner_id: row for row in rows}


def _mean(scores: Iterable[Decimal | None]) -> Decimal | None:
    known = [score for score in scores if score is not None]
    return (sum(known, Decimal(0)) / len(known)).quantize(TWO_PLACES) if known else None
