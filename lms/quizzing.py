"""Taking a quiz: one question at a time, each answer a fact at once.

Where a learner is in a quiz is derived from their answers, so a power cut loses nothing. A try
keeps the version of the course it began with; a new try asks only what was never right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from courses.activities.quiz import Marking, Question, QuizDefinition, mark
from courses.errors import ActivityError
from courses.models import Activity, ActivityVersion
from lms.errors import QuizError
from lms.identifiers import new_id
from lms.models import Attempt, Learner, Verb
from lms.progress import Past, Try
from lms.recording import record_statement, take_turn

Tries = Mapping[UUID, Try]
"""A learner's tries at one quiz, the first one first."""


@dataclass(frozen=True, slots=True)
class QuizState:
    """Where a learner is in a quiz."""

    definition: QuizDefinition
    course_version: int  # the one of the open try, or of a try that would begin now
    attempt_id: UUID | None  # the open try
    asked: tuple[Question, ...]  # by the open try, or by a try that would begin now
    answers: Mapping[UUID, tuple[str, ...]]  # in the open try
    right: frozenset[UUID]  # questions of the definition answered right once, in any try
    has_tried: bool
    was_passed: bool  # by a try at any version; a question added since takes nothing away

    @property
    def is_open(self) -> bool:
        return self.attempt_id is not None

    @property
    def current(self) -> Question | None:
        """The question to ask now, while a try is open."""
        left = (question for question in self.asked if question.id not in self.answers)
        return next(left, None) if self.is_open else None

    @property
    def missed(self) -> int:
        """How many questions were never answered right."""
        return len(self.definition.questions) - len(self.right)

    @property
    def is_passed(self) -> bool:
        return self.was_passed or self.definition.is_passed(set(self.right))

    @property
    def percent(self) -> int:
        return int(self.definition.scaled(set(self.right)) * 100)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer looked back at."""

    question: Question
    marking: Marking
    position: int  # 1..n among those asked
    total: int
    is_last: bool


def quiz_state(learner: Learner, activity: Activity) -> QuizState:
    return _state(activity, _tries_of(learner, activity))


@transaction.atomic
def begin_try(learner: Learner, activity: Activity) -> QuizState:
    """Begin a try, or go on with the open one; nothing begins when all is right already."""
    turn = take_turn(learner.pk, activity_id=activity.pk, course_id=activity.course_id)
    state = _state(activity, turn.past.tries())
    if state.is_open or not state.asked:
        return state
    record_statement(
        verb=Verb.ATTEMPTED,
        learner=learner,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=state.course_version,
        body={"attempt": str(new_id())},
        turn=turn,
    )
    return quiz_state(learner, activity)


@transaction.atomic
def answer_question(
    learner: Learner,
    activity: Activity,
    *,
    attempt_id: UUID,
    question_id: UUID,
    response: tuple[str, ...],
) -> None:
    """Record an answer; the same question answered again in the same try changes nothing.

    Raises ``ActivityError`` when nothing was answered or the answer was not on offer, and
    ``QuizError`` when this try does not ask this question.
    """
    turn = take_turn(learner.pk, activity_id=activity.pk, course_id=activity.course_id)
    tries = turn.past.tries()
    attempt = tries.get(attempt_id)
    if attempt is None:
        raise QuizError(attempt_id=attempt_id, question_id=question_id)
    if str(question_id) in attempt.answers:
        return
    definition = _definition_in(turn.past, attempt.course_version)
    asked = {question.id: question for question in _asked(definition, attempt_id, tries)}
    if question_id not in asked:
        raise QuizError(attempt_id=attempt_id, question_id=question_id)
    marking = mark(asked[question_id], response)
    record_statement(
        verb=Verb.ANSWERED,
        learner=learner,
        object_id=activity.pk,
        course_id=activity.course_id,
        course_version=attempt.course_version,
        body={
            "attempt": str(attempt_id),
            "question": str(question_id),
            "response": list(marking.response),
            "right": marking.right,
        },
        turn=turn,
    )


def given_answer(
    learner: Learner, activity: Activity, *, attempt_id: UUID, question_id: UUID
) -> GivenAnswer | None:
    """The answer given to a question in a try, and why it is right or wrong."""
    tries = _tries_of(learner, activity)
    attempt = tries.get(attempt_id)
    given = attempt.answers.get(str(question_id)) if attempt else None
    if attempt is None or given is None:
        return None
    definition = definition_at(activity, attempt.course_version)
    question = definition.question(question_id)
    if question is None:
        return None
    asked = _asked(definition, attempt_id, tries)
    return GivenAnswer(
        question=question,
        marking=_look_back(question, given),
        position=next((n for n, q in enumerate(asked, start=1) if q.id == question_id), 1),
        total=len(asked),
        is_last=all(str(q.id) in attempt.answers for q in asked),
    )


def _look_back(question: Question, given: Mapping[str, Any]) -> Marking:
    """The marking of an answer on record; one from elsewhere may be none that was on offer."""
    response = tuple(given["response"])
    try:
        return mark(question, response)
    except ActivityError:
        return Marking(right=given["right"], feedback=(), response=response)


def definition_at(activity: Activity, course_version: int) -> QuizDefinition:
    """The quiz as it stood in that version; as it stands now when that is not known."""
    definition: QuizDefinition
    if course_version == activity.course.version:
        definition = activity.parsed()
        return definition
    row = ActivityVersion.objects.filter(activity_id=activity.pk).at(course_version)
    definition = row.parsed() if row else activity.parsed()
    return definition


def _definition_in(past: Past, course_version: int) -> QuizDefinition:
    """The quiz as it stood in that version, for a try that was read with it."""
    assert past.definitions is not None  # noqa: S101 - no try is known without its definition
    definition: QuizDefinition = past.definitions.at(course_version)
    return definition


def _tries_of(learner: Learner, activity: Activity) -> Tries:
    names = Try.__dataclass_fields__
    rows = Attempt.objects.filter(learner=learner, activity_id=activity.pk)
    return {row.attempt_id: Try(**{name: getattr(row, name) for name in names}) for row in rows}


def _state(activity: Activity, tries: Tries) -> QuizState:
    open_id, definition = _open_try(activity, tries)
    version = tries[open_id].course_version if open_id else activity.course.version
    right = _right_in(definition, tries.values())
    if open_id:
        asked = _asked(definition, open_id, tries)
        given = {q.id: tries[open_id].answers.get(str(q.id)) for q in asked}
        answers = {key: tuple(value["response"]) for key, value in given.items() if value}
    else:
        asked = tuple(q for q in definition.questions if q.id not in right)
        answers = {}
    return QuizState(
        definition=definition,
        course_version=version,
        attempt_id=open_id,
        asked=asked,
        answers=answers,
        right=right,
        has_tried=any(attempt.answers for attempt in tries.values()),
        was_passed=any(attempt.is_passed for attempt in tries.values()),
    )


def _open_try(activity: Activity, tries: Tries) -> tuple[UUID | None, QuizDefinition]:
    """The last try with something left to ask, and its quiz; else the quiz as it stands now.

    A try made elsewhere may have left one begun here nothing to ask: that one is over.
    """
    for attempt_id, attempt in reversed(list(tries.items())):
        if attempt.finished_at is None:
            definition = definition_at(activity, attempt.course_version)
            asked = _asked(definition, attempt_id, tries)
            if any(str(question.id) not in attempt.answers for question in asked):
                return attempt_id, definition
    return None, definition_at(activity, activity.course.version)


def _asked(definition: QuizDefinition, attempt_id: UUID, tries: Tries) -> tuple[Question, ...]:
    """A try asks what no other try got right; those it answered itself stay in its list."""
    others = _right_in(definition, [item for key, item in tries.items() if key != attempt_id])
    return tuple(
        question
        for question in definition.questions
        if question.id not in others or str(question.id) in tries[attempt_id].answers
    )


def _right_in(definition: QuizDefinition, tries: Iterable[Try]) -> frozenset[UUID]:
    return frozenset(
        question.id
        for attempt in tries
        for question in definition.questions
        if attempt.answers.get(str(question.id), {}).get("right")
    )
