"""A course as its pages show it, from rows or straight from an outline.

The same shapes feed the catalogue, the course page, the lesson page and an author's preview.
``state`` is left empty here: an app that knows learners fills it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse

from courses.models import Course, Lesson
from courses.outline import BlobRef, CourseOutline, LessonOutline

DONE, CURRENT = "done", "current"


@dataclass(frozen=True, slots=True)
class LessonEntry:
    """One lesson on the path."""

    id: UUID
    number: str  # "3.2"
    title: str
    minutes: int
    size: int  # bytes fetched to read it; 0 = not known
    url: str
    state: str = ""  # "", done or current


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    number: int
    id: UUID
    title: str
    objective: str
    minutes: int
    lessons: tuple[LessonEntry, ...]
    state: str = ""


@dataclass(frozen=True, slots=True)
class CoursePath:
    """A course and its numbered way through."""

    id: UUID
    slug: str
    title: str
    language: str
    version: int
    modules: tuple[ModuleEntry, ...]

    def lessons(self) -> Iterator[LessonEntry]:
        for module in self.modules:
            yield from module.lessons

    def lesson(self, lesson_id: UUID | None) -> LessonEntry | None:
        return next((entry for entry in self.lessons() if entry.id == lesson_id), None)

    def around(self, lesson_id: UUID) -> tuple[LessonEntry | None, LessonEntry | None]:
        """The lessons before and after."""
        row = [None, *self.lessons(), None]
        for before, here, after in zip(row, row[1:], row[2:], strict=False):
            if here and here.id == lesson_id:
                return before, after
        return None, None

    def marked(self, *, done: Iterable[UUID], current: UUID | None = None) -> CoursePath:
        """The path with what is done and what comes next; ``done`` holds lessons and modules."""
        finished = frozenset(done)
        return replace(self, modules=tuple(_marked(m, finished, current) for m in self.modules))


def path_of_rows(course: Course) -> CoursePath:
    """The course as it stands in the catalogue; one query."""
    rows = (
        Lesson.objects.current()
        .filter(course=course)
        .select_related("module")
        .defer("block_documents")
        .order_by("module__position", "position")
    )
    modules: dict[UUID, ModuleEntry] = {}
    for row in rows:
        known = modules.get(row.module_id) or ModuleEntry(
            number=row.module.position,
            id=row.module_id,
            title=row.module.title,
            objective=row.module.objective,
            minutes=row.module.minutes,
            lessons=(),
        )
        number = f"{row.module.position}.{row.position}"
        entry = LessonEntry(
            id=row.id,
            number=number,
            title=row.title,
            minutes=row.minutes,
            size=row.size,
            url=reverse("yelen_courses:lesson", args=[course.slug, number]),
        )
        modules[row.module_id] = replace(known, lessons=(*known.lessons, entry))
    return _path(course, tuple(modules.values()))


def path_of_outline(outline: CourseOutline, *, version: int = 0) -> CoursePath:
    """The course as an author has it in hand; sizes are not known yet."""
    modules = tuple(
        ModuleEntry(
            number=number,
            id=module.id,
            title=module.title,
            objective=module.objective,
            minutes=module.minutes,
            lessons=tuple(
                _entry_of_outline(outline.slug, f"{number}.{position}", lesson)
                for position, lesson in enumerate(module.lessons, start=1)
            ),
        )
        for number, module in enumerate(outline.modules, start=1)
    )
    return CoursePath(
        id=outline.id,
        slug=outline.slug,
        title=outline.title,
        language=outline.language,
        version=version,
        modules=modules,
    )


def _path(course: Course, modules: tuple[ModuleEntry, ...]) -> CoursePath:
    return CoursePath(
        id=course.id,
        slug=course.slug,
        title=course.title,
        language=course.language,
        version=course.version,
        modules=modules,
    )


def _entry_of_outline(slug: str, number: str, lesson: LessonOutline) -> LessonEntry:
    return LessonEntry(
        id=lesson.id,
        number=number,
        title=lesson.title,
        minutes=lesson.minutes,
        size=0,
        url=reverse("yelen_courses:lesson", args=[slug or "-", number]),
    )


def _marked(module: ModuleEntry, done: frozenset[UUID], current: UUID | None) -> ModuleEntry:
    lessons = tuple(
        replace(entry, state=_state(entry.id, done, current)) for entry in module.lessons
    )
    here = any(entry.state == CURRENT for entry in lessons)
    state = DONE if module.id in done else CURRENT if here else ""
    return replace(module, lessons=lessons, state=state)


def _state(object_id: UUID, done: frozenset[UUID], current: UUID | None) -> str:
    if object_id in done:
        return DONE
    return CURRENT if object_id == current else ""


def blob_url(blob: BlobRef | None, *, name: str) -> str:
    """Where a visitor fetches public bytes; ``name`` is what the download is called."""
    return reverse("yelen_courses:blob", args=[blob.sha256, name]) if blob else ""
