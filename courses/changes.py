"""What is new in a version of a course, for people: lessons, by number and title.

Plain Python, no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from courses.outline import CourseOutline, LessonOutline


@dataclass(frozen=True, slots=True)
class NumberedLesson:
    """A lesson as people name it: "3.2" and its title."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Lessons that came, changed or went; ``removed`` has the numbers of the old version."""

    added: tuple[NumberedLesson, ...] = ()
    changed: tuple[NumberedLesson, ...] = ()
    removed: tuple[NumberedLesson, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def changes(old: CourseOutline | None, new: CourseOutline) -> Changes:
    """What differs between two versions; a lesson that only moved has not changed."""
    before = _lessons(old) if old else {}
    after = _lessons(new)
    return Changes(
        added=tuple(named for key, (named, _) in after.items() if key not in before),
        changed=tuple(
            named
            for key, (named, lesson) in after.items()
            if key in before and before[key][1] != lesson
        ),
        removed=tuple(named for key, (named, _) in before.items() if key not in after),
    )


def _lessons(outline: CourseOutline) -> dict[UUID, tuple[NumberedLesson, LessonOutline]]:
    return {
        lesson.id: (NumberedLesson(f"{number}.{position}", lesson.title), lesson)
        for number, module in enumerate(outline.modules, start=1)
        for position, lesson in enumerate(module.lessons, start=1)
    }
