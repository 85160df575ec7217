"""When the centre was last heard, in days of use: no calendar can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from lms.clock import ClockQuality, ClockReading
from offline_pack.models import CentreLink, QuietTime, Release
from offline_pack.trust.chain import adopt_trust
from offline_pack.trust.hearing import LONG, count_uptime, last_heard
from tests.factories import make_telecentre
from tests.offline_pack.format.trusting import TRUST, signed

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def link():
    link = CentreLink.objects.create(
        address="https://centre.example.org",
        sync_key="00" * 32,
        telecentre=make_telecentre(),
        last_contact_at=MARCH,
    )
    count(0, 0)
    return link


def count(boot, hours):
    """The machine says how many hours it runs since that start; its date is wrong."""
    clock = ClockReading(
        wall_ms=0,
        boot_id=UUID(int=boot),
        mono_ms=int(hours * 3_600_000),
        quality=ClockQuality.UNKNOWN,
    )
    count_uptime(clock)


def test_nothing_was_ever_heard():
    assert (last_heard().at, last_heard().by, last_heard().days) == (None, "", 0)


def test_the_newest_sign_counts_whichever_way_it_came(link):
    assert (last_heard().at, last_heard().by) == (MARCH, "network")

    adopt_trust([signed(issued_at=datetime(2026, 4, 1, tzinfo=UTC)).data])
    assert (last_heard().at.month, last_heard().by) == (4, "document")

    Release.objects.create(
        pack=UUID(int=1),
        rev=1,
        size=1,
        released_at=datetime(2026, 5, 1, tzinfo=UTC),
        installed_at=MARCH,
    )
    assert (last_heard().at.month, last_heard().by) == (5, "document")


def test_an_old_document_is_no_news(link):
    adopt_trust([signed().data])

    assert TRUST.issued_at < MARCH
    assert last_heard().at == MARCH


def test_a_machine_that_is_never_switched_off_has_days_of_24_hours(link):
    for hours in range(1, 24 * LONG + 1):
        count(0, hours)
        assert last_heard().is_long_ago == (hours == 24 * LONG)


def test_a_machine_switched_on_each_morning_has_a_day_each_morning(link):
    for day in range(1, LONG + 2):
        count(day, 0.1)
        count(day, 8)

    assert last_heard().days == LONG


def test_many_power_cuts_make_no_many_days(link):
    for boot in range(1, 25):
        count(boot, 1)

    assert last_heard().days <= 24 / 4


def test_hearing_the_centre_begins_anew(link):
    for hours in range(0, 24 * 100, 10):
        count(0, hours)
    assert last_heard().is_long_ago

    CentreLink.objects.update(last_contact_at=datetime(2026, 6, 1, tzinfo=UTC))

    assert last_heard().days == 0
    count(0, 24 * 100)
    count(0, 24 * 101)
    assert last_heard().days == 1


def test_it_is_written_down_once_an_hour_at_most(link):
    before = QuietTime.objects.values().get()

    for minutes in range(60):
        count(0, minutes / 60)

    assert QuietTime.objects.values().get() == before
