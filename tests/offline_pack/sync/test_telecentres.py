"""The centre's list of telecentres: what stands there, and when it raises an alarm."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from lms.models import Device
from offline_pack.models import DeviceContact, InstalledPack
from offline_pack.telecentres.listing import telecentre_rows
from offline_pack.telecentres.stolen import revoke_device
from tests.factories import make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice, post


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def alarms(row):
    return [alarm.problem for alarm in row.alarms]


def test_a_row_says_what_the_device_said(device, learner):
    device.records(learner.pk)
    now = timezone.now()
    told = {"software": "1.4", "wall": int(now.timestamp() * 1000), "installed": {UUID(int=5): 3}}

    post(device.body(**told), key=device.key)

    row = telecentre_rows()[0]
    assert (row.devices, row.waiting, row.set_aside, row.software) == (1, 0, 0, ("1.4",))
    assert [(pack.title, pack.versions) for pack in row.packs] == [("00000000", (3,))]
    assert row.alarms == ()
    assert row.heard >= now


def test_two_devices_with_two_versions_are_one_line(device):
    other = RemoteDevice(device.telecentre).registered()
    for place, version in ((device, 3), (other, 4)):
        InstalledPack.objects.create(
            device=place.row, course_id=UUID(int=5), version=version, reported_at=timezone.now()
        )

    assert [pack.versions for pack in telecentre_rows()[0].packs] == [(3, 4)]


@pytest.mark.parametrize(
    ("said", "alarm"),
    [
        ({"forked_at": timezone.now()}, "Two copies of it, or an old backup"),
        ({"clock_ahead": -86_401}, "Its clock is wrong"),
        ({"clock_ahead": 86_401}, "Its clock is wrong"),
        ({"trouble": "empty_roster"}, "It refused an empty list of learners"),
        ({"trouble": "trust"}, "It does not believe the centre's keys"),
    ],
)
def test_what_somebody_should_look_at_is_an_alarm(device, said, alarm):
    DeviceContact.objects.create(device=device.row, **said)

    assert alarms(telecentre_rows()[0]) == [alarm]


def test_a_centre_without_room_says_so_where_telecentres_are_seen(admin_client, settings):
    there_is = admin_client.get(reverse("yelen_telecentres"))
    settings.YELEN_SYNC_ROOM_BYTES = 2**62

    there_is_none = admin_client.get(reverse("yelen_telecentres"))

    assert there_is.context["no_room"] == ()
    (warning,) = there_is_none.context["no_room"]
    assert escape(warning.problem) in there_is_none.content.decode()


@pytest.mark.parametrize(("days", "is_told"), [(29, True), (31, False)])
def test_two_copies_are_told_of_for_a_month(device, days, is_told):
    Device.objects.filter(pk=device.id).update(last_heard_at=timezone.now())
    told = timezone.now() - timedelta(days=days)
    DeviceContact.objects.create(device=device.row, forked_at=told)

    assert bool(alarms(telecentre_rows()[0])) == is_told


@pytest.mark.parametrize(("days", "silent"), [(29, False), (31, True)])
def test_silence_of_more_than_thirty_days_is_an_alarm(device, days, silent):
    Device.objects.update(last_heard_at=timezone.now() - timedelta(days=days))

    assert bool(alarms(telecentre_rows()[0])) == silent


def test_a_withdrawn_device_raises_no_alarm(device):
    Device.objects.update(last_heard_at=timezone.now() - timedelta(days=99))

    revoke_device(device.id)

    row = telecentre_rows()[0]
    assert (row.devices, row.withdrawn, row.alarms) == (0, 1, ())


def test_telecentres_with_an_alarm_come_first(device):
    Device.objects.update(last_heard_at=timezone.now() - timedelta(days=99))
    RemoteDevice(make_telecentre(slug="a", name="A")).registered()

    assert [bool(row.alarms) for row in telecentre_rows()] == [True, False]


def test_three_telecentres_cost_as_many_queries_as_one(device):
    InstalledPack.objects.create(
        device=device.row, course_id=UUID(int=5), version=1, reported_at=timezone.now()
    )
    costs = []
    for more in (0, 2):
        for number in range(more):
            other = RemoteDevice(make_telecentre(slug=f"t{number}", name=f"T{number}"))
            other.registered()
            DeviceContact.objects.create(device=other.row, trouble="trust")
            InstalledPack.objects.create(
                device=other.row, course_id=UUID(int=5), version=1, reported_at=timezone.now()
            )
        with CaptureQueriesContext(connection) as queries:
            telecentre_rows()
        costs.append(len(queries))

    assert costs == [5, 5]
