"""Quiz: questions marked by the server, one a screen.

Plain Python. Numbers travel as text and are compared as ``Decimal``; short answers are compared
without regard to case, accents and spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from courses.activities.registry import ActivityKind, register
from courses.errors import ActivityError
from courses.outline_codec import decode, encode

PASS_PERCENT = 70
LONGEST_ANSWER = 1000
"""Characters of a written answer; a question asks for a word or a few."""


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    SHORT = "short"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer offered; in a true/false question the two choices are "true" and "false"."""

    id: str  # short, stable within the question
    text: str
    right: bool = False
    feedback: str = ""  # why it is right or wrong


@dataclass(frozen=True, slots=True)
class Question:
    id: UUID
    kind: str  # one of QuestionKind
    text: str  # cleaned HTML
    choices: tuple[Choice, ...] = ()  # single, multiple, true_false
    accepted: tuple[str, ...] = ()  # short: texts; number: one value such as "12.5"
    tolerance: str = "0"  # number: largest difference accepted
    feedback_right: str = ""
    feedback_wrong: str = ""
    explanation: str = ""  # shown after any answer


@dataclass(frozen=True, slots=True)
class Marking:
    """What an answer is worth, and what to tell the learner."""

    right: bool
    feedback: tuple[str, ...]
    response: tuple[str, ...]  # the answer as recorded: choice ids, or one text


@dataclass(frozen=True, slots=True)
class QuizDefinition:
    questions: tuple[Question, ...]
    pass_percent: int = PASS_PERCENT  # 0..100
    instructions: str = ""  # cleaned HTML

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> QuizDefinition:
        definition: QuizDefinition = decode(cls, document, where="quiz")
        return definition

    def to_dict(self) -> dict[str, Any]:
        return dict(encode(self))

    def question(self, question_id: UUID) -> Question | None:
        return next((item for item in self.questions if item.id == question_id), None)

    def scaled(self, right: set[UUID]) -> Decimal:
        """Share of the questions answered right, 0..1, to four places."""
        if not self.questions:
            return Decimal(0)
        count = sum(question.id in right for question in self.questions)
        return (Decimal(count) / len(self.questions)).quantize(Decimal("0.0001"))

    def is_passed(self, right: set[UUID]) -> bool:
        count = sum(question.id in right for question in self.questions)
        return bool(self.questions) and count * 100 >= self.pass_percent * len(self.questions)


def mark(question: Question, response: tuple[str, ...]) -> Marking:
    """Mark ``response`` (choice ids, or one text).

    Raises ``ActivityError`` when nothing was answered, too much, or what was not on offer.
    """
    given = tuple(clean for text in response if (clean := text.replace("\0", "").strip()))
    if not given:
        raise ActivityError("no answer was given")
    if question.kind in (QuestionKind.SHORT, QuestionKind.NUMBER):
        if len(given[0]) > LONGEST_ANSWER:
            raise ActivityError("the answer is too long")
        right = _is_right_text(question, given[0])
        return Marking(right=right, feedback=_feedback(question, right, ()), response=given[:1])
    return _mark_choices(question, given)


def _mark_choices(question: Question, given: tuple[str, ...]) -> Marking:
    by_id = {choice.id: choice for choice in question.choices}
    chosen = [by_id[choice_id] for choice_id in dict.fromkeys(given) if choice_id in by_id]
    several = question.kind == QuestionKind.MULTIPLE
    if len(chosen) != len(set(given)) or (len(chosen) > 1 and not several):
        raise ActivityError("the answer is not one of those offered")
    right = {choice.id for choice in chosen} == {c.id for c in question.choices if c.right}
    notes = tuple(choice.feedback for choice in chosen if choice.feedback)
    response = tuple(choice.id for choice in question.choices if choice in chosen)
    return Marking(right=right, feedback=_feedback(question, right, notes), response=response)


def _feedback(question: Question, right: bool, notes: tuple[str, ...]) -> tuple[str, ...]:
    general = question.feedback_right if right else question.feedback_wrong
    return tuple(text for text in (*notes, general, question.explanation) if text)


def _is_right_text(question: Question, given: str) -> bool:
    if question.kind == QuestionKind.SHORT:
        return _folded(given) in {_folded(text) for text in question.accepted}
    value, tolerance = parse_number(given), parse_number(question.tolerance)
    return any(abs(value - parse_number(text)) <= tolerance for text in question.accepted)


def parse_number(text: str) -> Decimal:
    """A number as people type it: ``1 200,5``, ``1200.5``; raises ``ActivityError``."""
    compact = "".join(text.split()).replace("\u202f", "").replace(",", ".")
    try:
        value = Decimal(compact)
    except InvalidOperation as error:
        raise ActivityError("a number is expected") from error
    if not value.is_finite() or abs(value.adjusted()) > 30:  # noqa: PLR2004 - beyond any lesson
        raise ActivityError("a number is expected")
    return value


def _folded(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.replace("\u2019", "'").casefold().split()).rstrip(" .!")


register(ActivityKind(name="quiz", parse=QuizDefinition))
