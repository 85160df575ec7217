"""The page of the clock: what it says, and whose time is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from lms.clock import ClockQuality, read_clock
from lms.clock_file import load_memory
from tests.factories import make_staff, make_telecentre

PAGE = "/centre/horloge/"
SET = "/centre/horloge/regler/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_telecentre(settings, tmp_path):
    settings.YELEN_ROLE = "telecentre"
    settings.YELEN_CLOCK_QUALITY = 0
    settings.YELEN_DATA_DIR = tmp_path
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield make_telecentre()


@pytest.fixture
def manager(client):
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")
    return client


def as_ms(moment):
    return int(moment.timestamp() * 1000)


def test_the_page_says_that_nobody_has_confirmed_the_clock(manager):
    page = manager.get(PAGE).content.decode()

    assert "Nobody has confirmed the clock" in page
    assert "Set the clock from this phone" in page


def test_the_time_of_the_phone_is_believed_and_noted(manager):
    at = timezone.now() + timedelta(days=3)

    answer = manager.post(SET, {"phone_ms": as_ms(at)}, follow=True)

    assert answer.status_code == 200
    assert "set by a person" in answer.content.decode()
    clock, fix = read_clock(), load_memory().fix
    assert clock.quality == ClockQuality.CONFIRMED
    assert abs(clock.now - at) < timedelta(minutes=1)
    assert fix.by


def test_the_time_can_be_typed(manager):
    at = timezone.localtime() + timedelta(days=2)

    manager.post(SET, {"phone_ms": "", "at": at.strftime("%Y-%m-%dT%H:%M")})

    assert abs(read_clock().now - at) < timedelta(minutes=2)


@pytest.mark.parametrize(
    "told",
    [{}, {"phone_ms": "0"}, {"phone_ms": str(2**43)}, {"at": "2001-01-01T10:00"}, {"at": "soon"}],
)
def test_a_time_that_cannot_be_is_told_and_changes_nothing(manager, told):
    answer = manager.post(SET, told)

    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert load_memory().fix is None


def test_the_manager_is_led_to_the_clock_until_it_is_confirmed(manager):
    before = manager.get("/centre/").content.decode()
    manager.post(SET, {"phone_ms": as_ms(timezone.now())})
    after = manager.get("/centre/").content.decode()

    assert PAGE in before
    assert PAGE not in after


@pytest.mark.parametrize("role", ["learner", "centre"])
def test_nobody_else_sets_the_clock(client, settings, role):
    if role == "centre":
        settings.YELEN_ROLE = "central"
        client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")

    answer = client.post(SET, {"phone_ms": as_ms(timezone.now())})

    assert answer.status_code in (302, 403, 404)
    assert load_memory().fix is None
