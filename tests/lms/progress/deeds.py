"""Deeds for the rules, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from courses.activities.h5p import H5PDefinition
from courses.activities.practical import ChecklistItem, PracticalDefinition
from courses.activities.quiz import QuizDefinition
from courses.outline import BlobRef
from lms.progress.figures import Deed, Definitions
from tests.factories import make_question

START = datetime(2026, 2, 2, 12, tzinfo=UTC)
EPOCH = uuid4()
_numbers = count(1)


def deed(verb, object_id: UUID, *, at: int = 0, version: int = 1, **body) -> Deed:
    """``at`` in minutes after the start; ids in a body as they travel."""
    return Deed(
        id=uuid4(),
        verb=verb,
        object_id=object_id,
        course_version=version,
        occurred_at=START + timedelta(minutes=at),
        epoch_id=EPOCH,
        sequence=next(_numbers),
        body={
            key: str(value) if isinstance(value, UUID) else value for key, value in body.items()
        },
    )


def answer(quiz: UUID, question: UUID, right: bool, *, attempt: UUID, at: int = 0, version=1):
    body = {"attempt": attempt, "question": question, "right": right, "response": ["a"]}
    return deed("answered", quiz, at=at, version=version, **body)


def quiz_of(*question_ids: UUID, pass_percent: int = 70) -> QuizDefinition:
    questions = tuple(make_question(question_id=question_id) for question_id in question_ids)
    return QuizDefinition(questions=questions, pass_percent=pass_percent)


def practical_of(*items: tuple[UUID, bool]) -> PracticalDefinition:
    """Items with whether each is a safety item."""
    return PracticalDefinition(
        items=tuple(ChecklistItem(id=pk, text="Débrancher", safety=safety) for pk, safety in items)
    )


def h5p_of(completion: str, *, pass_percent: int = 70) -> H5PDefinition:
    return H5PDefinition(
        main_library="H5P.MultiChoice 1.16",
        libraries=(),
        content=BlobRef("0" * 64, 1, "application/json"),
        files={},
        completion=completion,
        pass_percent=pass_percent,
    )


def always(kind: str, definition) -> Definitions:
    return Definitions(kind=kind, steps=((1, definition),))
