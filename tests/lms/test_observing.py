"""A practical: ready, watched, marked."""

from __future__ import annotations

from uuid import uuid4

import pytest

from courses.activities.practical import Level
from courses.models import Activity
from lms.errors import ObservationError
from lms.models import Completion, Enrolment, Statement
from lms.observing import ask_for_observer, observe, practical_state, waiting_for
from tests.factories import make_learner, make_staff, make_telecentre

pytestmark = pytest.mark.django_db


@pytest.fixture
def practical(course):
    return Activity.objects.select_related("course").get(kind="practical", course=course)


def levels(practical, *words):
    items = practical.parsed().items
    return {item.id: Level(word) for item, word in zip(items, words, strict=True)}


def test_saying_one_is_ready_twice_queues_once(awa, practical, manager):
    ask_for_observer(awa, practical)
    ask_for_observer(awa, practical)

    (waiting,) = waiting_for(manager)
    assert (waiting.learner, waiting.activity) == (awa, practical)
    assert Enrolment.objects.filter(learner=awa).count() == 1


def test_queue_is_first_come_first_served(awa, practical, manager):
    issa = make_learner(name="Issa")
    ask_for_observer(issa, practical)
    ask_for_observer(awa, practical)

    assert [one.learner for one in waiting_for(manager)] == [issa, awa]


def test_a_manager_sees_the_queue_of_their_own_telecentre(awa, practical):
    away = make_staff("manager", username="away", telecentre=make_telecentre(slug="marche"))
    ask_for_observer(awa, practical)

    assert waiting_for(away) == []


def test_safety_alone_and_the_rest_with_help_passes(awa, practical, manager):
    ask_for_observer(awa, practical)

    after = observe(
        awa, practical, levels=levels(practical, "alone", "with_help", "alone"), observer=manager
    )

    assert after.is_passed
    assert after.waiting is None
    assert waiting_for(manager) == []
    assert Completion.objects.filter(kind="activity", object_id=practical.pk).exists()
    assert Statement.objects.get(verb="observed").body["observer_name"] == "manager"


def test_help_with_a_safety_step_does_not_pass(awa, practical, manager):
    after = observe(
        awa, practical, levels=levels(practical, "with_help", "alone", "alone"), observer=manager
    )

    assert not after.is_passed
    assert after.observed_at is not None


def test_the_last_marks_are_kept_for_next_time(awa, practical, manager):
    marks = levels(practical, "with_help", "alone", "not_seen")
    observe(awa, practical, levels=marks, observer=manager)

    assert practical_state(awa, practical).levels == marks


def test_every_step_must_be_marked(awa, practical, manager):
    marks = levels(practical, "alone", "alone", "alone")
    first, *_others = marks

    with pytest.raises(ObservationError):
        observe(awa, practical, levels={first: Level.ALONE}, observer=manager)
    with pytest.raises(ObservationError):
        observe(awa, practical, levels=marks | {uuid4(): Level.ALONE}, observer=manager)

    assert Statement.objects.filter(verb="observed").count() == 0


def test_a_manager_of_elsewhere_may_not_mark(awa, practical):
    away = make_staff("manager", username="away", telecentre=make_telecentre(slug="marche"))

    with pytest.raises(ObservationError):
        observe(awa, practical, levels=levels(practical, "alone", "alone", "alone"), observer=away)


def test_queue_costs_the_same_for_one_and_for_three(
    awa, practical, manager, django_assert_num_queries
):
    ask_for_observer(awa, practical)
    waiting_for(manager)
    with django_assert_num_queries(2):
        waiting_for(manager)
    for name in ("Issa", "Ali"):
        ask_for_observer(make_learner(name=name), practical)

    with django_assert_num_queries(2):
        waiting_for(manager)
