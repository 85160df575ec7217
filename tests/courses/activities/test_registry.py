from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from courses.activities import ActivityKind, kind_of, known_kinds, register, registry
from courses.outline import ActivityBlock, ActivityOutline, ModuleOutline
from courses.publishing import publish_outline
from tests.factories import make_course_outline, make_lesson


@dataclass(frozen=True)
class Puzzle:
    pieces: int

    @classmethod
    def from_dict(cls, document):
        return cls(pieces=document["pieces"])


@pytest.fixture
def puzzles(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", dict(known_kinds()))
    register(ActivityKind(name="puzzle", parse=Puzzle))


def test_the_kinds_that_come_with_yelen_are_known():
    assert set(known_kinds()) == {"quiz", "practical", "h5p"}
    assert kind_of("puzzle") is None


@pytest.mark.django_db
@pytest.mark.usefixtures("puzzles")
def test_another_app_adds_a_kind_of_its_own():
    puzzle = ActivityOutline(uuid4(), "puzzle", "Puzzle", {"pieces": 12})
    module = ModuleOutline(uuid4(), "Puzzles", (make_lesson(ActivityBlock(puzzle)),))

    course = publish_outline(make_course_outline(modules=(module,)))

    assert course.activities.get(kind="puzzle").parsed() == Puzzle(pieces=12)
