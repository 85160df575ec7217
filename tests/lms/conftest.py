"""A telecentre with people in it."""

from __future__ import annotations

import pytest

from tests.factories import make_cohort, make_course, make_learner, make_staff

PIN = "2580"


@pytest.fixture
def telecentre_role(settings):
    settings.YELEN_ROLE = "telecentre"


@pytest.fixture
def course():
    return make_course()


@pytest.fixture
def learner():
    return make_learner()


@pytest.fixture
def awa(db):
    """A learner with a PIN, in a group."""
    learner = make_learner(pin=PIN)
    make_cohort(learner)
    return learner


@pytest.fixture
def learner_client(client, awa, telecentre_role):
    """A browser in which Awa is signed in by her PIN."""
    client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})
    return client


@pytest.fixture
def manager(awa):
    return make_staff("manager")


@pytest.fixture
def manager_client(client, manager, telecentre_role):
    client.force_login(manager, backend="lms.backends.LearnerBackend")
    return client
