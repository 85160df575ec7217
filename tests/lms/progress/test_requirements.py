from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from courses.outline import ModuleOutline, to_dict
from lms.progress.figures import Done
from lms.progress.requirements import Requirements, shape_of, versions_that_count
from tests.factories import make_course_outline
from tests.lms.progress.deeds import START

LESSON, A, B = ("lesson", UUID(int=1)), ("activity", UUID(int=2)), ("activity", UUID(int=3))


def done(minute):
    return Done(START + timedelta(minutes=minute))


@pytest.mark.django_db
def test_a_course_document_says_what_each_part_is_made_of():
    outline = make_course_outline()
    first, second = outline.modules
    quiz = next(first.lessons[1].activities())

    shape = shape_of(to_dict(outline))

    assert shape["lesson", first.lessons[0].id] == {("seen", first.lessons[0].id)}
    assert shape["lesson", first.lessons[1].id] == {
        ("seen", first.lessons[1].id),
        ("activity", quiz.id),
    }
    assert shape["module", second.id] == {("lesson", second.lessons[0].id)}
    assert shape["course", outline.id] == {("module", first.id), ("module", second.id)}


@pytest.mark.django_db
def test_a_module_without_lessons_asks_for_nothing():
    empty = ModuleOutline(id=uuid4(), title="À écrire")
    outline = make_course_outline(modules=(empty,))

    assert shape_of(to_dict(outline)) == {}


def test_any_one_way_of_finishing_is_enough_and_the_earliest_counts():
    asked = Requirements.of([{LESSON: frozenset({A, B})}, {LESSON: frozenset({A})}])

    assert asked.reached(LESSON, {B: done(1)}) is None
    assert asked.reached(LESSON, {A: done(5), B: done(9)}) == done(5)


def test_what_may_be_completed_comes_in_order_from_lesson_to_course():
    module, course = ("module", UUID(int=8)), ("course", UUID(int=9))
    asked = Requirements.of(
        [{course: frozenset({module}), module: frozenset({LESSON}), LESSON: frozenset({A})}]
    )

    assert asked.above([A]) == (LESSON, module, course)
    assert set(asked.needed_by(asked.above([A]))) == {A, LESSON, module, course}


@pytest.mark.parametrize(
    ("first", "counting"),
    [(0, [2, 5, 7]), (2, [2, 5, 7]), (4, [2, 5, 7]), (5, [5, 7]), (9, [7]), (None, [])],
)
def test_versions_count_from_the_one_in_force_when_the_learner_began(first, counting):
    assert versions_that_count({7, 2, 5}, first) == counting
