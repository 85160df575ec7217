"""A session in a browser that others use too."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from lms import sessions
from lms.clock import read_clock
from tests.lms.conftest import PIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def wait(monkeypatch):
    """Let time pass, as the clock of this boot counts it."""
    state = {"ms": 0, "boot": read_clock().boot_id}

    def now():
        reading = read_clock()
        return replace(reading, mono_ms=reading.mono_ms + state["ms"], boot_id=state["boot"])

    monkeypatch.setattr(sessions, "read_clock", now)
    return state


def is_in(client):
    return client.get("/moi/").status_code == 200


def test_signing_in_gives_a_new_session_key(client, awa, telecentre_role):
    client.get(f"/entrer/nom/{awa.pk}/")
    session = client.session
    session["trace"] = "of whoever was here before"
    session.save()
    before = client.session.session_key

    client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})

    assert client.session.session_key != before
    assert "trace" not in client.session


def test_pages_of_a_signed_in_learner_are_not_stored(learner_client):
    for address in ("/", "/moi/", "/entrer/"):
        assert learner_client.get(address)["Cache-Control"] == "no-store"


def test_pages_of_a_visitor_may_be_stored(client):
    assert not client.get("/").has_header("Cache-Control")


def test_signing_out_forgets_the_learner(learner_client):
    learner_client.post("/quitter/")

    assert not is_in(learner_client)
    assert dict(learner_client.session) == {}


def test_signing_out_by_a_link_is_not_possible(learner_client):
    assert learner_client.get("/quitter/").status_code == 405
    assert is_in(learner_client)


def test_a_browser_that_warns_is_signed_out_after_six_minutes(learner_client, wait):
    learner_client.post("/rester/")
    wait["ms"] += 5 * 60 * 1000
    assert is_in(learner_client)

    wait["ms"] += 7 * 60 * 1000

    assert not is_in(learner_client)


def test_a_browser_that_cannot_warn_has_half_an_hour(learner_client, wait):
    wait["ms"] += 20 * 60 * 1000
    assert is_in(learner_client)

    wait["ms"] += 31 * 60 * 1000

    assert not is_in(learner_client)


def test_saying_one_is_there_keeps_the_session(learner_client, wait):
    for _ in range(4):
        wait["ms"] += 4 * 60 * 1000
        assert learner_client.post("/rester/").status_code == 204

    assert is_in(learner_client)


def test_a_power_cut_ends_the_session(learner_client, wait):
    wait["boot"] = uuid4()

    assert not is_in(learner_client)


def test_staying_when_the_session_is_over_is_refused(client, telecentre_role):
    assert client.post("/rester/").status_code == 403


def test_the_warning_is_part_of_a_pin_session_only(learner_client, manager):
    assert "<idle-warning" in learner_client.get("/moi/").text

    learner_client.post("/quitter/")
    learner_client.force_login(manager, backend="lms.backends.LearnerBackend")

    assert "<idle-warning" not in learner_client.get("/centre/").text
