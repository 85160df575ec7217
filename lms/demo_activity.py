"""Made-up learners who do what learners do, through the ordinary door: to try and to measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from courses.activities.h5p import H5PDefinition
from courses.activities.practical import Level, PracticalDefinition
from courses.activities.quiz import Question, QuestionKind, QuizDefinition
from courses.models import Activity, Course
from lms.identifiers import new_id
from lms.learners import register_learner
from lms.models import Learner, Telecentre, Verb
from lms.recording import NewFact, record_statements

FIRST_NAMES = ("Awa", "Issa", "Mariam", "Salif", "Fatou", "Moussa", "Hodan", "Ali", "Rasmata")
FAMILY_NAMES = ("Ouédraogo", "Traoré", "Sawadogo", "Kaboré", "Diallo", "Zongo", "Farah", "Abdi")
TOGETHER = 500
"""Statements a transaction: one flush of the disk for all of them."""

Story = Iterator[NewFact | None]
"""What a learner does, one statement a step; None for one that is written down already."""


def record_activity(
    course: Course, *, telecentre: Telecentre, learners: int, statements: int, seed: int
) -> int:
    """Record ``statements`` statements of ``learners`` learners; returns how many.

    The same seed on the same course tells the same stories; ids and times are new each time.
    """
    chance = Random(seed)  # noqa: S311 - stories, not secrets
    stories = [
        _life(course, telecentre, number=number, chance=Random(seed + number))  # noqa: S311
        for number in range(1, learners + 1)
    ]
    steps = (next(chance.choice(stories)) for _ in range(statements))
    recorded = 0
    while batch := _together(steps):
        recorded += batch
    return recorded


@transaction.atomic
def _together(steps: Story) -> int:
    done = list(islice(steps, TOGETHER))
    record_statements([fact for fact in done if fact])
    return len(done)


@dataclass(frozen=True, slots=True)
class _Person:
    learner: Learner
    course: Course
    chance: Random

    def did(self, verb: Verb, object_id: UUID, **body: Any) -> NewFact:
        return NewFact(verb, self.learner.pk, object_id, self.course.pk, self.course.version, body)


def _life(course: Course, telecentre: Telecentre, *, number: int, chance: Random) -> Story:
    """Signs up, goes through the lessons, then reads some again, without end."""
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(FAMILY_NAMES)} {number:04}"
    sex = chance.choice(("f", "m"))
    learner = Learner.objects.filter(telecentre=telecentre, name=name).first()
    if learner is None:
        learner = register_learner(name, telecentre=telecentre, sex=sex)
        yield None
    person = _Person(learner, course, chance)
    yield person.did(Verb.REGISTERED, course.pk)
    lessons = list(course.lessons.current().order_by("module__position", "position"))
    for lesson in lessons:
        yield person.did(Verb.SEEN, lesson.pk)
        for activity in lesson.activities.filter(retired_at=None):
            yield from _do(activity, person)
    while True:
        yield person.did(Verb.SEEN, chance.choice(lessons).pk if lessons else course.pk)


def _do(activity: Activity, person: _Person) -> Story:
    definition, chance, attempt = activity.parsed(), person.chance, str(new_id())
    yield person.did(Verb.ATTEMPTED, activity.pk, attempt=attempt)
    if isinstance(definition, QuizDefinition):
        for question in definition.questions:
            yield person.did(
                Verb.ANSWERED, activity.pk, attempt=attempt, **_answer(question, chance)
            )
    elif isinstance(definition, PracticalDefinition):
        levels = {str(item.id): _level(chance).value for item in definition.items}
        marks = {"levels": levels, "observer": "demo", "attempt": attempt}
        yield person.did(Verb.OBSERVED, activity.pk, **marks)
    elif isinstance(definition, H5PDefinition):
        scaled = f"{chance.randint(40, 100) / 100:.4f}"
        result = {"attempt": attempt, "mode": str(definition.completion), "scaled": scaled}
        yield person.did(Verb.COMPLETED, activity.pk, **result)


def _answer(question: Question, chance: Random) -> dict[str, Any]:
    right = chance.random() < 0.8  # noqa: PLR2004 - most people pass
    if question.kind in (QuestionKind.SHORT, QuestionKind.NUMBER):
        response = list(question.accepted[:1]) if right else ["?"]
    else:
        chosen = [choice.id for choice in question.choices if choice.right == right]
        response = chosen if right else chosen[:1]
    return {"question": str(question.id), "response": response, "right": right}


def _level(chance: Random) -> Level:
    return chance.choices((Level.ALONE, Level.WITH_HELP, Level.NOT_SEEN), (18, 2, 1))[0]
