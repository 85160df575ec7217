"""When facts are forwarded to the LRS, and when they wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from offline_pack import forwarding
from offline_pack.forwarding import forward, forward_when_due, lrs_state, try_again
from offline_pack.locking import machine_lock
from offline_pack.lrs.errors import (
    ForwardingBusyError,
    LrsDeniedError,
    LrsFaultError,
    LrsOffError,
    LrsSettingsError,
    LrsUnreachableError,
)
from offline_pack.lrs.outbox import waiting_statements
from tests.offline_pack.lrs.checking import assert_each_once
from tests.offline_pack.lrs.server import PASSWORD


@pytest.mark.parametrize("status", ["401", "403"])
def test_when_it_is_not_let_in_it_stops_until_somebody_acts(lrs, record, status):
    record(1)
    lrs.control(faults=[status])

    with pytest.raises(LrsDeniedError) as caught:
        forward()
    forward_when_due()

    assert PASSWORD not in str(caught.value) + str(lrs_state().error_facts)
    assert waiting_statements() == 1
    try_again()
    forward_when_due()
    assert_each_once(lrs)


def test_new_settings_are_tried_at_once(lrs, record, settings):
    record(1)
    right, settings.YELEN_LRS_PASSWORD = settings.YELEN_LRS_PASSWORD, "wrong-word"
    forward_when_due()
    assert lrs_state().last_error == "LrsDeniedError"
    assert "wrong-word" not in str(lrs_state().error_facts)

    settings.YELEN_LRS_PASSWORD = right
    forward_when_due()

    assert_each_once(lrs)
    assert lrs_state().last_error == ""


def test_settings_put_back_as_they_were_are_used_at_once(lrs, record, settings):
    forward()
    record(1)
    right, settings.YELEN_LRS_URL = settings.YELEN_LRS_URL, "lrs.example.org"
    forward_when_due()
    assert lrs_state().last_error == "LrsSettingsError"

    settings.YELEN_LRS_URL = right
    forward_when_due()

    assert_each_once(lrs)
    assert lrs_state().last_error == ""


def test_with_nothing_to_send_nothing_is_written(lrs, record):
    record(1)
    forward()

    with CaptureQueriesContext(connection) as queries:
        forward_when_due()

    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_it_waits_as_long_as_the_lrs_asks(lrs, record):
    record(1)
    lrs.control(faults=["503 900"])
    forward_when_due()

    state, now = lrs_state(), timezone.now()
    assert timedelta(minutes=14) < state.next_try_at - now < timedelta(minutes=19)
    forward_when_due()
    assert lrs.state()["posts"] == []


def test_the_wait_grows_and_a_success_ends_it(lrs, record):
    record(1)
    waits = []
    for _ in range(3):
        lrs.control(faults=["500"])
        with pytest.raises(LrsFaultError):
            forward()
        waits.append((lrs_state().next_try_at - timezone.now()).total_seconds())

    forward()

    assert 59 < waits[0] < waits[1] < waits[2] < 301
    assert (lrs_state().failures, lrs_state().next_try_at) == (0, None)


def test_a_turn_ends_in_time_and_the_next_goes_on(lrs, record):
    record(150)

    assert not forward(seconds=-1).is_all
    forward(seconds=60)

    assert_each_once(lrs)


def test_only_one_forwards_at_a_time(lrs, record):
    record(1)

    with machine_lock("lrs"), pytest.raises(ForwardingBusyError):
        forward()

    assert lrs.state()["posts"] == []


def test_without_an_lrs_nothing_is_done(db, settings, record):
    settings.YELEN_LRS_URL = ""
    record(1)

    forward_when_due()

    with pytest.raises(LrsOffError):
        forward()


def test_a_telecentre_forwards_nothing(lrs, record, settings):
    settings.YELEN_ROLE = "telecentre"
    record(1)

    forward_when_due()

    assert lrs.state()["posts"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"YELEN_LRS_URL": "ftp://lrs.example.org"},
        {"YELEN_LRS_URL": "https://me:word@lrs.example.org"},
        {"YELEN_LRS_URL": "https://lrs.example.org:0"},
        {"YELEN_LRS_TOKEN": "both"},
        {"YELEN_LRS_HOME_PAGE": "centre"},
    ],
)
def test_senseless_settings_are_told_and_not_tried(lrs, settings, changes, db):
    for name, value in changes.items():
        setattr(settings, name, value)

    forward_when_due()

    assert lrs_state().last_error == "LrsSettingsError"
    with pytest.raises(LrsSettingsError):
        forward()


def test_an_lrs_that_is_down_costs_a_try_an_hour_and_keeps_all(lrs, record, settings):
    settings.YELEN_LRS_URL = "http://127.0.0.1:9"
    record(2)
    for _ in range(12):
        with pytest.raises(LrsUnreachableError):
            forward()
    wait = lrs_state().next_try_at - timezone.now()

    settings.YELEN_LRS_URL = lrs.url
    forward_when_due()

    assert timedelta(minutes=40) < wait < timedelta(minutes=61)
    assert forwarding.lrs_state().failures == 0
    assert_each_once(lrs)
