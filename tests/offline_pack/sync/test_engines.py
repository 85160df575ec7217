"""One story of a telecentre, told to two databases: the rows that come of it are the same.

With ``-p tests.postgres`` the two are PostgreSQL and SQLite.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count, pairwise
from random import Random
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from courses.outline import CourseOutline
from courses.publishing import publish_outline
from lms.fact import canonical_text
from lms.models import Attempt, Completion, Enrolment, Epoch, Learner, Statement, Telecentre
from lms.progress import rebuild_all
from offline_pack.models import DeviceKey, QuarantinedFact
from offline_pack.sync.answering import answer_batch
from tests.factories import make_course_outline
from tests.offline_pack.sync.devices import RemoteDevice

PLACE = UUID(int=1)
NOW = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
TOLD = {
    Statement: "sequence",
    Learner: "pk",
    Enrolment: ("learner_id", "course_id"),
    Attempt: ("learner_id", "activity_id", "attempt_id"),
    Completion: ("learner_id", "course_id", "kind", "object_id"),
    QuarantinedFact: "sequence",
    Epoch: "pk",
}
NOT_TOLD = {"id", "created_at", "started_at", "received_at"}  # of the row, not of the story


@pytest.mark.django_db
def test_the_same_story_ends_in_the_same_rows_on_both_engines(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    outline = make_course_outline()
    device = RemoteDevice(Telecentre(pk=PLACE, slug="baobab", name="Télécentre du Baobab"))
    bodies = list(story(outline, device))

    here = end_of(outline, device, bodies)
    with sqlite():
        assert connection.vendor == "sqlite"
        there = end_of(outline, device, bodies)

    assert here == there
    assert all(here[model.__name__] for model in TOLD)
    assert {kind for _learner, kind in here["kinds"]} >= {"seen", "activity", "lesson", "module"}


def story(outline: CourseOutline, device: RemoteDevice):
    """Bodies of batches: twelve learners, odd texts and numbers, one batch twice, bad lines."""
    chance, numbers = Random(7), count(100)  # noqa: S311 - a story, not a secret
    people = [
        device.creates(f"Awa {n} \u0000 Ouédraogo 👩🏾‍🔧 '; DROP TABLE--").object_id
        for n in range(12)
    ]
    device.lines.append(b'{"not": "a fact"}')
    for person in people:
        about = {"course_id": outline.id, "course_version": 1}
        device.records(person, verb="registered", object_id=outline.id, **about)
        for lesson in (lesson for module in outline.modules for lesson in module.lessons):
            device.records(
                person, object_id=lesson.id, wall_ms=chance.choice((-(2**62), 0, 9**15))
            )
            device.records(person, object_id=lesson.id, **about)
            for activity in lesson.activities():
                attempt = str(UUID(int=next(numbers)))
                for verb, body in deeds(activity, attempt, chance):
                    more = {"object_id": activity.id, "body_json": canonical_text(body)}
                    device.records(person, verb=verb, **more, **about)
    cuts = [0, 5, 60, 61, 150, len(device.lines)]
    for first, last in pairwise(cuts):
        yield device.body(first + 1, last)
    yield device.body(61, 90)


def deeds(activity, attempt: str, chance: Random):
    yield "attempted", {"attempt": attempt}
    definition = activity.definition
    for question in definition.get("questions", ()):
        response = [chance.choice(("a", "é\u0000\ud800", "12,5"))]
        right = chance.random() < 0.8
        said = {"attempt": attempt, "question": question["id"], "response": response}
        yield "answered", {**said, "right": right}
    levels = {
        item["id"]: chance.choice(("alone", "alone", "with_help"))
        for item in definition.get("items", ())
    }
    if levels:
        yield (
            "observed",
            {"attempt": attempt, "levels": levels, "observer": "Issa", "scaled": "0.3333"},
        )


def end_of(outline: CourseOutline, device: RemoteDevice, bodies: list[bytes]) -> dict:
    """Every row that comes of the story, in words without types of an engine."""
    Telecentre.objects.create(pk=PLACE, slug="baobab", name="Télécentre du Baobab")
    publish_outline(outline)
    key = DeviceKey.objects.get(device=device.registered().id)
    answers = [answer_batch(body, key=key) for body in bodies]
    ends = {
        model.__name__: [
            [str(value) for name, value in sorted(row.items()) if name not in NOT_TOLD]
            for row in rows_of(model, order)
        ]
        for model, order in TOLD.items()
    }
    kinds = Completion.objects.values_list("learner_id", "kind").distinct()
    return {
        **ends,
        "kinds": {(str(learner), kind) for learner, kind in kinds},
        "answers": [(answer["stored"], answer["rejected"]) for answer in answers],
        "wrong": rebuild_all(check=True),
    }


def rows_of(model, order):
    order = (order,) if isinstance(order, str) else order
    for row in model.objects.order_by(*order).values():
        yield {
            name: bytes(value).hex()
            if isinstance(value, bytes | memoryview)
            else json.dumps(value, sort_keys=True)
            if isinstance(value, dict)
            else value
            for name, value in row.items()
        }


@contextmanager
def sqlite():
    """A database in memory with our tables, in the place of the one under test."""
    other = DatabaseWrapper(
        {**connection.settings_dict, "NAME": ":memory:", "OPTIONS": {}}, "default"
    )
    before = connections["default"]
    connections["default"] = other
    try:
        with other.constraint_checks_disabled(), other.schema_editor() as editor:
            for name in (
                "auth",
                "contenttypes",
                "yelen_courses",
                "yelen_lms",
                "yelen_offline_pack",
            ):
                for model in apps.get_app_config(name).get_models():
                    editor.create_model(model)
        yield
    finally:
        connections["default"] = before
        other.close()
