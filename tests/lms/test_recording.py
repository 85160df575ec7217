"""Facts made here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from courses.models import Activity
from courses.outline import ModuleOutline
from lms.clock import ClockQuality, ClockReading
from lms.enrolling import enrol
from lms.errors import StatementError
from lms.fact import FIRST_HASH
from lms.models import (
    Attempt,
    Completion,
    Device,
    Enrolment,
    Epoch,
    Learner,
    Statement,
    Verb,
)
from lms.recording import (
    NewFact,
    own_device,
    own_epoch,
    record_statement,
    record_statements,
    start_new_epoch,
)
from tests.factories import make_course, make_learner, make_lesson, make_modules, make_quiz

pytestmark = pytest.mark.django_db


def record(learner, course, verb, object_id, **body):
    return record_statement(
        verb=verb,
        learner=learner,
        object_id=object_id,
        course_id=course.pk,
        course_version=course.version,
        body=body,
    )


def test_statements_have_gapless_numbers_and_a_chain_of_hashes():
    learner, course = make_learner(), make_course()
    lessons = list(course.lessons.values_list("pk", flat=True))

    statements = [record(learner, course, Verb.SEEN, pk) for pk in lessons]

    epoch = Epoch.objects.get()
    assert [statement.sequence for statement in statements] == [1, 2, 3, 4]
    previous = FIRST_HASH
    for statement in Statement.objects.of_epoch(epoch.pk):
        previous = statement.fact().hash_after(previous)
        assert bytes(statement.chain_hash) == previous
    assert (epoch.last_sequence, bytes(epoch.last_hash)) == (4, previous)


def test_first_statement_makes_this_device_and_its_epoch_once():
    learner, course = make_learner(), make_course()

    record(learner, course, Verb.SEEN, uuid4())
    record(learner, course, Verb.SEEN, uuid4())

    assert Device.objects.filter(is_self=True).count() == 1
    assert Epoch.objects.count() == 1
    assert own_epoch().device == own_device()


def test_many_facts_at_once_are_the_rows_of_one_after_another(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, tzinfo=UTC))
    learner, course = make_learner(), make_course()
    told = list(day_of(learner, course))

    ends = []
    for write in (one_by_one, record_statements):
        ticks = count(1_790_000_000_000)
        monkeypatch.setattr("lms.recording.new_id", lambda ticks=ticks: UUID(int=next(ticks)))
        monkeypatch.setattr("lms.recording.read_clock", lambda ticks=ticks: clock_at(next(ticks)))
        place = transaction.savepoint()
        write(told)
        ends.append(all_rows())
        transaction.savepoint_rollback(place)

    assert ends[0] == ends[1]
    assert len(ends[0][Statement]) == len(told) == 10
    assert {row["kind"] for row in ends[0][Completion]} >= {"seen", "activity", "lesson"}


def test_one_fact_among_many_that_cannot_be_leaves_nothing_behind():
    learner, course = make_learner(), make_course()
    good = NewFact("seen", learner.pk, uuid4(), course.pk, 1)

    with pytest.raises(StatementError):
        record_statements([good, replace(good, verb="answered")])

    assert list(Statement.objects.all()) == []


def day_of(learner, course):
    """Registered, a lesson read twice, a quiz answered to its end, the other lessons read."""

    def did(verb, object_id, **body):
        return NewFact(verb, learner.pk, object_id, course.pk, course.version, body)

    quiz, attempt = Activity.objects.get(kind="quiz"), str(uuid4())
    lessons = list(course.lessons.values_list("pk", flat=True))
    yield did("registered", course.pk)
    yield from (did("seen", pk) for pk in (*lessons, lessons[0]))
    yield did("attempted", quiz.pk, attempt=attempt)
    for question in quiz.parsed().questions:
        answer = {"question": str(question.id), "response": ["a"], "right": True}
        yield did("answered", quiz.pk, attempt=attempt, **answer)


def one_by_one(told):
    for new in told:
        given = {name: getattr(new, name) for name in ("object_id", "course_id", "course_version")}
        learner = Learner.objects.get(pk=new.learner_id)
        record_statement(verb=new.verb, learner=learner, body=new.body, **given)


def clock_at(ms):
    return ClockReading(ms, UUID(int=3), ms - 1_790_000_000_000, ClockQuality.SYNCHRONISED)


def all_rows():
    """Without the keys a database gives."""
    models = (Statement, Enrolment, Attempt, Completion)
    return {
        model: sorted(
            ({**row, "id": "", "epoch_id": ""} for row in model.objects.values()), key=str
        )
        for model in models
    }


def test_a_new_epoch_begins_at_one_again_and_closes_the_other():
    learner, course = make_learner(), make_course()
    before = record(learner, course, Verb.SEEN, uuid4())

    fresh = start_new_epoch()
    after = record(learner, course, Verb.SEEN, uuid4())

    assert (after.epoch, after.sequence) == (fresh, 1)
    assert Epoch.objects.get(pk=before.epoch_id).closed_at is not None
    assert Epoch.objects.filter(closed_at=None).get() == fresh


def test_a_statement_keeps_the_evidence_of_its_clock(settings):
    settings.YELEN_CLOCK_QUALITY = 2
    learner, course = make_learner(), make_course()

    statement = record(learner, course, Verb.SEEN, uuid4())

    assert statement.clock_quality == 2
    assert statement.mono_ms > 0
    assert abs(statement.occurred_at.timestamp() * 1000 - statement.wall_ms) < 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("answered", {"attempt": str(uuid4()), "question": str(uuid4()), "response": ["a"]}),
        ("answered", {"attempt": "1", "question": str(uuid4()), "response": ["a"], "right": True}),
        ("answered", {"attempt": str(uuid4()), "question": "", "response": "a", "right": True}),
        ("completed", {"attempt": str(uuid4()), "mode": "scored", "scaled": "999"}),
        ("completed", {"attempt": str(uuid4()), "mode": "scored", "scaled": "1.0001"}),
        ("completed", {"attempt": str(uuid4()), "mode": "passed"}),
        ("observed", {"levels": {"x": "alone"}, "observer": "issa"}),
        ("observed", {"levels": {str(uuid4()): "perfectly"}, "observer": "issa"}),
        ("learner_created", {"profile": {}}),
        ("seen", {"share": 0.5}),
        ("seen", {"at": {"share": [0.5]}}),
        ("seen", {1: "a"}),
        ("seen", {"text": "x" * 70_000}),
        ("danced", {}),
    ],
)
def test_what_does_not_hold_together_is_refused_and_nothing_is_written(verb, body):
    learner, course = make_learner(), make_course()

    with pytest.raises(StatementError), transaction.atomic():
        record_statement(
            verb=verb,
            learner=learner,
            object_id=uuid4(),
            course_id=course.pk,
            course_version=1,
            body=body,
        )

    assert not Statement.objects.exists()
    assert not Epoch.objects.filter(last_sequence__gt=0).exists()


def test_a_course_without_its_version_is_refused():
    learner, course = make_learner(), make_course()

    with pytest.raises(StatementError):
        record_statement(
            verb="seen", learner=learner, object_id=uuid4(), course_id=course.pk, course_version=0
        )


def test_an_answer_is_concluded_from_at_once():
    learner, course = make_learner(), make_course()
    activity = course.activities.get(kind="quiz")
    attempt = uuid4()

    for question in activity.parsed().questions:
        answer = {"question": str(question.id), "response": ["a"], "right": True}
        record(learner, course, "answered", activity.pk, attempt=str(attempt), **answer)

    row = Attempt.objects.get()
    assert (row.attempt_id, row.is_passed, row.scaled) == (attempt, True, Decimal(1))
    assert Completion.objects.get(kind="activity").object_id == activity.pk


def big_course(slug, *, modules):
    quiz = make_quiz("single", "single", "single")
    first = ModuleOutline(id=uuid4(), title="Premier", lessons=(make_lesson(quiz),))
    others = [make_modules()[0] for _ in range(modules - 1)]
    return make_course(slug=slug, modules=(first, *others))


def answers_cost(course, learner):
    """Queries of each of three right answers; the third passes the quiz."""
    lesson = course.lessons.get(module__position=1)
    activity = lesson.activities.get()
    enrol(learner, course)
    record(learner, course, "seen", lesson.pk)
    costs, attempt = [], str(uuid4())
    for question in activity.parsed().questions:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = {"question": str(question.id), "response": ["a"], "right": True}
            record(learner, course, "answered", activity.pk, attempt=attempt, **answer)
        costs.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    return costs


def test_an_answer_costs_the_same_in_a_small_course_and_a_large_one():
    answers_cost(big_course("warm", modules=2), make_learner(name="Chauffe"))
    small, large = big_course("small", modules=6), big_course("large", modules=60)
    for course in (small, large):
        answers_cost(course, make_learner(name="Avant"))  # shapes are read once a process

    costs = [answers_cost(course, make_learner(name="Awa")) for course in (small, large)]

    lock = int(connection.features.has_select_for_update)  # SQLite has one writer anyway
    assert costs == [[7, 5 + lock, 7 + lock]] * 2  # the first one asks who is one person
    assert Completion.objects.filter(kind="module", learner__name="Awa").count() == 2
