"""What is new in a version of a course."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from courses.changes import Changes, NumberedLesson, changes
from courses.outline import CourseOutline, LessonOutline, ModuleOutline, RichTextBlock


def lesson(number: int, *, text: str = "Bonjour") -> LessonOutline:
    blocks = (RichTextBlock(html=f"<p>{text}</p>"),)
    return LessonOutline(id=UUID(int=number), title=f"Leçon {number}", blocks=blocks)


def course(*lessons: LessonOutline) -> CourseOutline:
    module = ModuleOutline(id=UUID(int=90), title="Module", lessons=lessons)
    return CourseOutline(id=UUID(int=91), slug="cours", title="Cours", modules=(module,))


def test_the_first_version_is_all_new():
    found = changes(None, course(lesson(1), lesson(2)))

    assert found == Changes(
        added=(NumberedLesson("1.1", "Leçon 1"), NumberedLesson("1.2", "Leçon 2"))
    )


def test_lessons_come_change_and_go():
    old = course(lesson(1), lesson(2), lesson(3))
    new = course(lesson(4), lesson(1), lesson(2, text="Bonsoir"))

    found = changes(old, new)

    assert found.added == (NumberedLesson("1.1", "Leçon 4"),)
    assert found.changed == (NumberedLesson("1.3", "Leçon 2"),)
    assert found.removed == (NumberedLesson("1.3", "Leçon 3"),)


def test_a_lesson_that_only_moved_has_not_changed():
    assert not changes(course(lesson(1), lesson(2)), course(lesson(2), lesson(1)))


def test_another_title_is_a_change():
    renamed = replace(lesson(1), title="Ouvrir")

    assert changes(course(lesson(1)), course(renamed)).changed == (
        NumberedLesson("1.1", "Ouvrir"),
    )
