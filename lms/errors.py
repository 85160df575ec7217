"""What can go wrong with who learned what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


class LmsError(Exception):
    """Base of every error this app raises on purpose."""


class StatementError(LmsError):
    """A statement made here does not hold together."""


class ForkError(LmsError):
    """An epoch tells two stories: a sequence number comes again with other content."""

    def __init__(self, *, epoch: UUID, sequence: int) -> None:
        super().__init__(f"epoch {epoch}: sequence {sequence} came before with other content")
        self.epoch, self.sequence = epoch, sequence


class GapError(LmsError):
    """Statements arrive that do not follow on those held; ``held`` is the last one held."""

    def __init__(self, *, epoch: UUID, held: int, first: int) -> None:
        super().__init__(f"epoch {epoch}: holds up to {held}, received from {first}")
        self.epoch, self.held, self.first = epoch, held, first


class NotFollowedError(LmsError):
    """Something was done in a course the learner does not follow."""

    def __init__(self, *, learner_id: UUID, course_id: UUID) -> None:
        super().__init__(f"learner {learner_id} does not follow course {course_id}")
        self.learner_id, self.course_id = learner_id, course_id


class PinError(LmsError):
    """A PIN is not four digits."""


class QuizError(LmsError):
    """A try does not ask this question, or there is no such try."""

    def __init__(self, *, attempt_id: UUID, question_id: UUID) -> None:
        super().__init__(f"try {attempt_id} does not ask question {question_id}")
        self.attempt_id, self.question_id = attempt_id, question_id


class ObservationError(LmsError):
    """Marks that do not belong to the practical, or an observer who may not mark."""


class ClockTimeError(LmsError):
    """A time that cannot be: before what is surely past, or absurdly far ahead."""

    def __init__(self, at: datetime, *, floor: datetime) -> None:
        super().__init__(f"it cannot be {at:%Y-%m-%d}: {floor:%Y-%m-%d} is past")
        self.at, self.floor = at, floor


class SamePersonError(LmsError):
    """These two cannot be said to be one person: they are the same row, or one was erased."""
