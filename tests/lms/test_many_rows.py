"""Rows written in one go are those that Django would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from lms.many_rows import insert_rows, update_rows, upsert_rows
from lms.models import Attempt, Statement
from lms.recording import own_epoch
from tests.factories import make_learner

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)


def statement(sequence: int, **changes) -> Statement:
    fields = {
        "id": uuid4(),
        "epoch": own_epoch(),
        "sequence": sequence,
        "verb": "seen",
        "learner_id": uuid4(),
        "object_id": uuid4(),
        "course_id": None,
        "wall_ms": -(2**63),
        "boot_id": UUID(int=7),
        "mono_ms": 2**62,
        "clock_quality": 0,
        "body_json": '{"a":"\\t\\u0000\\\\N"}',
        "chain_hash": bytes(range(32)),
        "occurred_at": NOW,
        "received_at": NOW,
    }
    return Statement(**(fields | changes))


def attempt(learner, **changes) -> Attempt:
    fields = {
        "learner": learner,
        "course_id": UUID(int=1),
        "activity_id": UUID(int=2),
        "attempt_id": UUID(int=3),
        "started_at": NOW,
        "answers": {"é": {"right": True, "response": ["'; --", "\\"]}},
        "scaled": Decimal("0.3333"),
    }
    return Attempt(**(fields | changes))


def values(rows):
    return [
        {k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items() if k != "id"}
        for row in rows
    ]


def test_rows_are_those_that_bulk_create_writes():
    rows = [statement(1), statement(2, course_id=uuid4(), occurred_within_ms=5)]

    with transaction.atomic():
        Statement.objects.bulk_create(rows)
        theirs = values(Statement.objects.order_by("sequence").values())
        Statement.objects.all().delete()
    insert_rows(rows)

    assert values(Statement.objects.order_by("sequence").values()) == theirs
    assert list(Statement.objects.values_list("pk", flat=True).order_by("sequence")) == [
        row.pk for row in rows
    ]


def test_a_place_taken_is_refused_as_django_refuses_it():
    insert_rows([statement(1)])

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([statement(2), statement(1)])

    assert Statement.objects.count() == 1


def test_what_stands_at_a_place_gets_the_new_values_and_no_others():
    learner = make_learner()
    place, changed = ("learner", "course_id", "activity_id", "attempt_id"), ("answers", "scaled")
    upsert_rows([attempt(learner)], place=place, values=changed)
    first = Attempt.objects.get()
    again = attempt(learner, answers={}, scaled=None, is_passed=True)

    upsert_rows([again, attempt(learner, attempt_id=UUID(int=4))], place=place, values=changed)

    kept, other = Attempt.objects.order_by("attempt_id")
    assert (first.answers, first.scaled) == (attempt(learner).answers, Decimal("0.3333"))
    assert (kept.pk, kept.answers, kept.scaled, kept.is_passed) == (first.pk, {}, None, False)
    assert other.answers == first.answers


def test_rows_that_stand_get_the_values_named_and_no_others():
    rows = [statement(1), statement(2)]
    insert_rows(rows)
    rows[0].occurred_within_ms, rows[0].verb = 7, "changed"

    update_rows(rows[:1], values=("occurred_within_ms",))

    told = Statement.objects.order_by("sequence").values_list("verb", "occurred_within_ms")
    assert list(told) == [("seen", 7), ("seen", 0)]


def test_no_rows_are_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])
        update_rows([], values=())
        upsert_rows([], place=(), values=())
