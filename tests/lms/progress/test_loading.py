"""Reading what is completed already: of each learner what is asked of them, and no more."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from lms.models import Completion
from lms.progress.loading import TOGETHER, load_known
from tests.factories import make_learner
from tests.lms.views.test_lessons import queries_of

pytestmark = pytest.mark.django_db
COURSE = uuid4()


@pytest.fixture
def lessons():
    return [uuid4() for _ in range(3)]


def complete(learner, lesson, *, course=COURSE, kind="seen"):
    Completion.objects.create(
        learner=learner,
        course_id=course,
        kind=kind,
        object_id=lesson,
        completed_at=timezone.now(),
    )


def keys_of(known):
    return {pair: set(found) for pair, found in known.items()}


def test_each_learner_gets_what_was_asked_of_them_alone(lessons):
    awa, issa, ali = (make_learner(name=name) for name in ("Awa", "Issa", "Ali"))
    for learner in (awa, issa, ali):
        for lesson in lessons:
            complete(learner, lesson)
    complete(awa, lessons[0], course=uuid4())

    known = load_known(
        {
            (awa.pk, COURSE): {("seen", lessons[0])},
            (issa.pk, COURSE): {("seen", lessons[1]), ("seen", uuid4())},
        }
    )

    assert keys_of(known) == {
        (awa.pk, COURSE): {("seen", lessons[0])},
        (issa.pk, COURSE): {("seen", lessons[1])},
    }


def test_nothing_asked_is_nothing_read(lessons):
    awa = make_learner()
    complete(awa, lessons[0])

    assert load_known({}) == {}
    assert load_known({(awa.pk, COURSE): set()}) == {}


def test_a_whole_network_takes_a_query_for_each_hundred(lessons):
    awa = make_learner()
    complete(awa, lessons[0])
    wanted = {(uuid4(), COURSE): {("seen", lesson) for lesson in lessons} for _ in range(239)}
    wanted[awa.pk, COURSE] = {("seen", lessons[0])}

    found = []
    queries = queries_of(lambda: found.append(load_known(wanted)))

    assert keys_of(found[0]) == {(awa.pk, COURSE): {("seen", lessons[0])}}
    assert len(queries) == -(-240 // TOGETHER)
