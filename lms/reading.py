"""A learner's standing in the shapes the pages of ``courses`` show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.activities.h5p import CompletionMode
from courses.models import Activity, Course
from courses.reading import CoursePath, LessonEntry, ModuleEntry
from lms.progress import ActivityProgress, CourseProgress, LessonProgress, ModuleProgress


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in a lesson, with the rule that completes it."""

    label: str
    rule: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class LessonSteps:
    entry: LessonEntry
    is_complete: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ModuleSteps:
    number: int
    title: str
    is_complete: bool
    completed_lessons: int
    lessons: tuple[LessonSteps, ...]


def path_of_progress(course: Course, progress: CourseProgress) -> CoursePath:
    """The course's way with its marks; asks the database nothing."""
    path = CoursePath(
        id=course.pk,
        slug=course.slug,
        title=course.title,
        language=course.language,
        version=course.version,
        modules=tuple(_module(course.slug, module) for module in progress.modules),
    )
    return path.marked(done=_done(progress), current=progress.next_lesson_id)


def steps_left(course: Course, progress: CourseProgress) -> list[ModuleSteps]:
    """All there is to do, in words, done or not; one query, for the pass marks."""
    rules = _rules(course)
    return [
        ModuleSteps(
            number=module.number,
            title=module.title,
            is_complete=module.is_complete,
            completed_lessons=module.completed_lessons,
            lessons=tuple(
                LessonSteps(
                    entry=_entry(course.slug, lesson),
                    is_complete=lesson.is_complete,
                    steps=_steps(lesson, rules),
                )
                for lesson in module.lessons
            ),
        )
        for module in progress.modules
    ]


def _rules(course: Course) -> dict[UUID, str]:
    """What completes each activity, without reading whole definitions."""
    rows = Activity.objects.filter(course=course, retired_at=None).values_list(
        "pk", "kind", "definition__pass_percent", "definition__completion"
    )
    return {pk: _rule(kind, pass_percent, mode) for pk, kind, pass_percent, mode in rows}


def _rule(kind: str, pass_percent: int | None, mode: str | None) -> str:
    if kind == "practical":
        return _("every ★ step alone; of the others, 80 % with help")
    if mode == CompletionMode.VIEWED:
        return _("done once opened")
    if mode == CompletionMode.MARKED:
        return _("done when you say so")
    if pass_percent is None:
        return ""
    return _("passed from %(percent)d %%") % {"percent": pass_percent}


def _steps(lesson: LessonProgress, rules: Mapping[UUID, str]) -> tuple[Step, ...]:
    read = Step(label=_("Read the lesson"), rule="", is_done=lesson.is_seen or lesson.is_complete)
    return (read, *(_activity_step(item, rules.get(item.id, "")) for item in lesson.activities))


def _activity_step(activity: ActivityProgress, rule: str) -> Step:
    best = ""
    if activity.scaled is not None and activity.kind != "practical":
        best = _("best so far: %(percent)d %%") % {"percent": int(activity.scaled * 100)}
    return Step(
        label=activity.title,
        rule="; ".join(part for part in (rule, best) if part),
        is_done=activity.is_complete,
    )


def _done(progress: CourseProgress) -> set[UUID]:
    modules = {module.id for module in progress.modules if module.is_complete}
    return modules | {lesson.id for lesson in progress.lessons if lesson.is_complete}


def _module(slug: str, module: ModuleProgress) -> ModuleEntry:
    return ModuleEntry(
        number=module.number,
        id=module.id,
        title=module.title,
        objective=module.objective,
        minutes=module.minutes,
        lessons=tuple(_entry(slug, lesson) for lesson in module.lessons),
    )


def _entry(slug: str, lesson: LessonProgress) -> LessonEntry:
    return LessonEntry(
        id=lesson.id,
        number=lesson.number,
        title=lesson.title,
        minutes=lesson.minutes,
        size=lesson.size,
        url=reverse("yelen_courses:lesson", args=[slug, lesson.number]),
    )
