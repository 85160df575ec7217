"""When an activity is completed: one rule a kind. Plain Python.

Each rule reads all deeds of one learner about one activity, in any order, and gives the tries and
the completion. Deeds only ever add: a completion once reached is never taken back.

A learner is held to the activity as it stood at some time since they first touched it: a typo
mended or a question added later takes nothing away from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.activities.practical import Level, PracticalDefinition
from courses.activities.quiz import QuizDefinition
from lms.progress.figures import ActivityFigures, Deed, Definitions, Done, Try
from lms.statement_body import is_share

ActivityRule = Callable[[Sequence[Deed], Definitions], ActivityFigures]
"""Deeds in their order, and the definitions; never raises on a deed it cannot read."""

FOUR_PLACES = Decimal("0.0001")

_rules: dict[str, ActivityRule] = {}


def register_rule(kind: str, rule: ActivityRule) -> None:
    """Say how an activity of another app's kind is completed."""
    _rules[kind] = rule


def fold_activity(deeds: Iterable[Deed], definitions: Definitions | None) -> ActivityFigures:
    """The conclusions about one learner and one activity; none before its definition is here."""
    ordered = sorted(deeds, key=lambda deed: deed.place)
    if not ordered or definitions is None or definitions.kind not in _rules:
        return ActivityFigures()
    return _rules[definitions.kind](ordered, definitions)


@dataclass(slots=True)
class _Draft:
    """A try while its deeds are read."""

    started_at: datetime
    course_version: int = 0
    finished_at: datetime | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    scaled: Decimal | None = None
    is_passed: bool = False

    def finished(self) -> Try:
        return Try(
            course_version=self.course_version,
            started_at=self.started_at,
            finished_at=self.finished_at,
            answers=self.answers,
            scaled=self.scaled,
            is_passed=self.is_passed,
        )


class _Drafts(dict[UUID, _Draft]):
    def of(self, deed: Deed, attempt_id: UUID) -> _Draft:
        draft = self.setdefault(attempt_id, _Draft(started_at=deed.occurred_at))
        draft.course_version = max(draft.course_version, deed.course_version)
        return draft

    def tries(self) -> dict[UUID, Try]:
        return {attempt_id: draft.finished() for attempt_id, draft in self.items()}


def fold_quiz(deeds: Sequence[Deed], definitions: Definitions) -> ActivityFigures:
    """A question is right once any answer to it was; passed at the pass mark of the quiz."""
    versions: tuple[QuizDefinition, ...] = definitions.since(
        min(deed.course_version for deed in deeds)
    )
    drafts, right, passed_at = _Drafts(), set[UUID](), None
    for deed in deeds:
        attempt_id, question_id = read_id(deed.body, "attempt"), read_id(deed.body, "question")
        if attempt_id is None or deed.verb not in ("attempted", "answered"):
            continue
        draft = drafts.of(deed, attempt_id)
        if deed.verb == "answered" and question_id:
            _answer(draft, deed, question_id, right)
        if passed_at is None and any(version.is_passed(right) for version in versions):
            passed_at = deed.occurred_at
        _grade_quiz(draft, deed, definitions.at(draft.course_version), right)
    done = None
    if passed_at:
        best = max(version.scaled(right) for version in versions if version.is_passed(right))
        done = Done(completed_at=passed_at, scaled=best)
    return ActivityFigures(tries=drafts.tries(), done=done)


def _answer(draft: _Draft, deed: Deed, question_id: UUID, right: set[UUID]) -> None:
    is_right = deed.body.get("right") is True
    before = draft.answers.get(str(question_id))
    if is_right:
        right.add(question_id)
    if is_right or not (before and before["right"]):
        response = read_texts(deed.body, "response")
        draft.answers[str(question_id)] = {"right": is_right, "response": response}


def _grade_quiz(draft: _Draft, deed: Deed, quiz: QuizDefinition, right: set[UUID]) -> None:
    draft.scaled, draft.is_passed = quiz.scaled(right), quiz.is_passed(right)
    is_over = all(q.id in right or str(q.id) in draft.answers for q in quiz.questions)
    if is_over and draft.finished_at is None and draft.answers:
        draft.finished_at = deed.occurred_at


def fold_practical(deeds: Sequence[Deed], definitions: Definitions) -> ActivityFigures:
    """Passed when one single observation passes the checklist it was made with."""
    drafts, done = _Drafts(), None
    for deed in deeds:
        attempt_id = read_id(deed.body, "attempt") or deed.id
        if deed.verb == "attempted":
            drafts.of(deed, attempt_id)
        if deed.verb != "observed":
            continue
        for waiting in drafts.values():  # whoever waited for an observer has had one
            waiting.finished_at = waiting.finished_at or deed.occurred_at
        draft = drafts.of(deed, attempt_id)
        _grade_practical(draft, deed, definitions.at(deed.course_version))
        if draft.is_passed and draft.scaled is not None:
            reached = done.completed_at if done else deed.occurred_at
            best = max(draft.scaled, done.scaled or draft.scaled) if done else draft.scaled
            done = Done(completed_at=reached, scaled=best)
    return ActivityFigures(tries=drafts.tries(), done=done)


def _grade_practical(draft: _Draft, deed: Deed, practical: PracticalDefinition) -> None:
    levels = read_levels(deed.body)
    seen = sum(levels.get(item.id, Level.NOT_SEEN) != Level.NOT_SEEN for item in practical.items)
    draft.finished_at = deed.occurred_at
    draft.answers = {str(item): level.value for item, level in sorted(levels.items())}
    draft.scaled = (Decimal(seen) / max(len(practical.items), 1)).quantize(FOUR_PLACES)
    draft.is_passed = practical.is_passed(levels)


def fold_h5p(deeds: Sequence[Deed], definitions: Definitions) -> ActivityFigures:
    """Completed as the exercise says: by a score, by opening it, or by the learner's word."""
    drafts, passed_at, best = _Drafts(), None, None
    for deed in deeds:
        attempt_id = read_id(deed.body, "attempt") or deed.id
        if deed.verb not in ("attempted", "completed"):
            continue
        draft = drafts.of(deed, attempt_id)
        if deed.verb == "attempted":
            continue
        draft.finished_at, scaled = deed.occurred_at, read_share(deed.body)
        draft.scaled = draft.scaled if scaled is None else scaled
        if scaled is not None:
            best = scaled if best is None else max(best, scaled)
        if _completes_h5p(deed, definitions.at(deed.course_version), scaled):
            draft.is_passed, passed_at = True, passed_at or deed.occurred_at
    done = Done(completed_at=passed_at, scaled=best) if passed_at else None
    return ActivityFigures(tries=drafts.tries(), done=done)


def _completes_h5p(deed: Deed, h5p: H5PDefinition, scaled: Decimal | None) -> bool:
    if h5p.completion == CompletionMode.SCORED:
        if isinstance(success := deed.body.get("success"), bool):
            return success  # the exercise has its own pass mark, and knows best
        return scaled is not None and scaled * 100 >= h5p.pass_percent
    if h5p.completion == CompletionMode.MARKED:
        return deed.body.get("mode") == CompletionMode.MARKED
    return h5p.completion == CompletionMode.VIEWED


def read_id(body: Mapping[str, Any], name: str) -> UUID | None:
    value = body.get(name)
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_texts(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts, without NUL and lone surrogates, which PostgreSQL's JSON cannot hold."""
    value = body.get(name)
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8") for text in texts]


def read_share(body: Mapping[str, Any]) -> Decimal | None:
    value = body.get("scaled")
    return Decimal(str(value)).quantize(FOUR_PLACES) if is_share(value) else None


def read_levels(body: Mapping[str, Any]) -> dict[UUID, Level]:
    """The marks that can be read; a level unknown here counts as not seen."""
    levels = body.get("levels")
    known = {level.value for level in Level}
    return {
        UUID(item): Level(level)
        for item, level in (levels.items() if isinstance(levels, dict) else ())
        if level in known and read_id({"id": item}, "id")
    }


register_rule("quiz", fold_quiz)
register_rule("practical", fold_practical)
register_rule("h5p", fold_h5p)
