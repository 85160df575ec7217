"""Where a learner stands: what the pages show. Reads only, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

from courses.models import Activity, Course, Lesson
from lms.models import Attempt, CohortCourse, Completion, Enrolment, Learner


@dataclass(frozen=True, slots=True)
class ActivityProgress:
    id: UUID
    kind: str
    title: str
    is_complete: bool
    scaled: Decimal | None  # the best so far, 0..1; None before any result


@dataclass(frozen=True, slots=True)
class LessonProgress:
    id: UUID
    number: str  # "3.2"
    title: str
    minutes: int
    size: int  # bytes fetched to read it
    is_seen: bool
    is_complete: bool
    activities: tuple[ActivityProgress, ...]

    @property
    def steps(self) -> int:
        return 1 + len(self.activities)

    @property
    def steps_done(self) -> int:
        if self.is_complete:
            return self.steps
        return self.is_seen + sum(activity.is_complete for activity in self.activities)


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    id: UUID
    number: int
    title: str
    objective: str
    minutes: int
    is_complete: bool
    lessons: tuple[LessonProgress, ...]

    @property
    def completed_lessons(self) -> int:
        return sum(lesson.is_complete for lesson in self.lessons)


@dataclass(frozen=True)
class CourseProgress:
    course_id: UUID
    modules: tuple[ModuleProgress, ...]
    completed_at: datetime | None
    last_lesson_id: UUID | None
    is_begun: bool  # the learner is enrolled, alone

    @property
    def is_complete(self) -> bool:
        return self.completed_at is not None

    @cached_property
    def lessons(self) -> tuple[LessonProgress, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @cached_property
    def lesson_by_id(self) -> dict[UUID, LessonProgress]:
        return {lesson.id: lesson for lesson in self.lessons}

    @cached_property
    def activity_by_id(self) -> dict[UUID, ActivityProgress]:
        return {a.id: a for lesson in self.lessons for a in lesson.activities}

    @property
    def completed_lessons(self) -> int:
        return sum(lesson.is_complete for lesson in self.lessons)

    @cached_property
    def percent(self) -> int:
        """0..100 of all steps (reading a lesson, an activity); 100 only when all is done."""
        steps = sum(lesson.steps for lesson in self.lessons)
        done = sum(lesson.steps_done for lesson in self.lessons)
        return 100 if self.is_complete else min(99, done * 100 // steps) if steps else 0

    @cached_property
    def next_lesson(self) -> LessonProgress | None:
        """Where "Continue" goes: the lesson read last, else the next one not finished."""
        places = [lesson.id for lesson in self.lessons]
        last = places.index(self.last_lesson_id) if self.last_lesson_id in places else 0
        ahead = (*self.lessons[last:], *self.lessons[:last])
        return next((lesson for lesson in ahead if not lesson.is_complete), None)

    @property
    def next_lesson_id(self) -> UUID | None:
        return self.next_lesson.id if self.next_lesson else None


@dataclass(frozen=True, slots=True)
class CourseSummary:
    """One card of "my courses"."""

    course: Course
    progress: CourseProgress
    registered_at: datetime | None  # None: followed through a group, not begun
    last_active_at: datetime | None


def progress_of(learner: Learner, course: Course) -> CourseProgress:
    enrolment = Enrolment.objects.filter(learner=learner, course_id=course.pk).first()
    return _progress(learner, {course.pk: enrolment})[course.pk]


def courses_of(learner: Learner) -> list[CourseSummary]:
    """The courses a learner follows, alone or with a group: the one in hand first."""
    enrolments = {row.course_id: row for row in Enrolment.objects.filter(learner=learner)}
    shared = CohortCourse.objects.filter(
        cohort__learners__in=learner.rows(), cohort__closed_at=None
    )
    course_ids = {*enrolments, *shared.values_list("course_id", flat=True)}
    courses = list(Course.objects.current().filter(pk__in=course_ids))
    progress = _progress(learner, {course.pk: enrolments.get(course.pk) for course in courses})
    summaries = [
        CourseSummary(
            course=course,
            progress=progress[course.pk],
            registered_at=enrolment.registered_at if enrolment else None,
            last_active_at=enrolment.last_active_at if enrolment else None,
        )
        for course in courses
        for enrolment in [enrolments.get(course.pk)]
    ]
    return sorted(summaries, key=_most_recent_first)


def _most_recent_first(summary: CourseSummary) -> tuple[bool, float, str]:
    active = summary.last_active_at
    return (
        summary.progress.is_complete,
        -active.timestamp() if active else 0.0,
        summary.course.title,
    )


def _progress(
    learner: Learner, enrolments: Mapping[UUID, Enrolment | None]
) -> dict[UUID, CourseProgress]:
    if not enrolments:
        return {}
    lessons = (
        Lesson.objects.current()
        .filter(course_id__in=enrolments)
        .select_related("module")
        .defer("block_documents")
        .order_by("module__position", "position")
    )
    done = {
        (kind, course_id, object_id): (completed_at, scaled)
        for kind, course_id, object_id, completed_at, scaled in Completion.objects.filter(
            learner=learner, course_id__in=enrolments
        ).values_list("kind", "course_id", "object_id", "completed_at", "scaled")
    }
    by_course: dict[UUID, list[Lesson]] = {}
    for lesson in lessons:
        by_course.setdefault(lesson.course_id, []).append(lesson)
    activities = _activities(learner, enrolments)
    return {
        course_id: CourseProgress(
            course_id=course_id,
            modules=tuple(_modules(by_course.get(course_id, []), activities, done)),
            completed_at=done.get(("course", course_id, course_id), (None, None))[0],
            last_lesson_id=enrolment.last_lesson_id if enrolment else None,
            is_begun=enrolment is not None,
        )
        for course_id, enrolment in enrolments.items()
    }


_Done = dict[tuple[str, UUID, UUID], tuple[datetime, Decimal | None]]


def _activities(learner: Learner, course_ids: Iterable[UUID]) -> dict[UUID, list[Activity]]:
    """The current activities by lesson, each with ``best``: the best score of any try."""
    best = (
        Attempt.objects.filter(
            learner=learner, course_id=OuterRef("course_id"), activity_id=OuterRef("pk")
        )
        .order_by()
        .values("activity_id")
        .annotate(best=Max("scaled"))
        .values("best")
    )
    rows = (
        Activity.objects.filter(course_id__in=course_ids, retired_at=None)
        .defer("definition")
        .annotate(best=Subquery(best))
        .order_by("lesson_id", "position")
    )
    by_lesson: dict[UUID, list[Activity]] = {}
    for activity in rows:
        by_lesson.setdefault(activity.lesson_id, []).append(activity)
    return by_lesson


def _modules(
    lessons: Sequence[Lesson], activities: dict[UUID, list[Activity]], done: _Done
) -> Iterable[ModuleProgress]:
    by_module: dict[UUID, list[Lesson]] = {}
    for lesson in lessons:
        by_module.setdefault(lesson.module_id, []).append(lesson)
    for module_id, its_lessons in by_module.items():
        module = its_lessons[0].module
        yield ModuleProgress(
            id=module_id,
            number=module.position,
            title=module.title,
            objective=module.objective,
            minutes=module.minutes,
            is_complete=("module", module.course_id, module_id) in done,
            lessons=tuple(
                _lesson(lesson, activities.get(lesson.pk, []), done) for lesson in its_lessons
            ),
        )


def _lesson(lesson: Lesson, activities: Sequence[Activity], done: _Done) -> LessonProgress:
    course_id = lesson.course_id
    return LessonProgress(
        id=lesson.pk,
        number=lesson.number,
        title=lesson.title,
        minutes=lesson.minutes,
        size=lesson.size,
        is_seen=("seen", course_id, lesson.pk) in done,
        is_complete=("lesson", course_id, lesson.pk) in done,
        activities=tuple(
            ActivityProgress(
                id=activity.pk,
                kind=activity.kind,
                title=activity.title,
                is_complete=("activity", course_id, activity.pk) in done,
                scaled=_best(activity, done),
            )
            for activity in activities
        ),
    )


def _best(activity: Activity, done: _Done) -> Decimal | None:
    """The best score, of a try or of the completion; one of them may know an older quiz."""
    scores = [
        done.get(("activity", activity.course_id, activity.pk), (None, None))[1],
        getattr(activity, "best", None),
    ]
    return max((score for score in scores if score is not None), default=None)
