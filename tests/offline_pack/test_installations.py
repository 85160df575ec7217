"""Who has installed what, as telecentres say it and the centre keeps it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offline_pack.installations import note_installed, places_by_course, versions_in_use
from offline_pack.models import InstalledPack
from offline_pack.sync.answering import answer_batch
from offline_pack.sync.envelope import decode_batch, encode_batch
from tests.factories import make_telecentre
from tests.offline_pack import courses
from tests.offline_pack.sync.devices import RemoteDevice

pytestmark = pytest.mark.django_db

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def device():
    return RemoteDevice(make_telecentre()).registered()


def told(device, installed):
    key = device.row.keys.get()
    answer_batch(device.body(installed=installed), key=key)
    return dict(InstalledPack.objects.values_list("course_id", "version"))


def test_a_telecentre_says_what_learners_see_there():
    course = courses.publish()

    assert versions_in_use() == {course.pk: 1}


def test_the_centre_keeps_what_was_said_last(device):
    assert told(device, {ONE: 3, OTHER: 1}) == {ONE: 3, OTHER: 1}
    assert told(device, {ONE: 4}) == {ONE: 4}
    assert told(device, {}) == {}


def test_a_device_that_says_nothing_of_it_changes_nothing(device):
    told(device, {ONE: 3})

    assert told(device, None) == {ONE: 3}


def test_hearing_the_same_again_writes_nothing(device):
    note_installed(device.row, {ONE: 3})
    before = InstalledPack.objects.get().pk

    note_installed(device.row, {ONE: 3})

    assert InstalledPack.objects.get().pk == before


def test_a_centre_passes_over_keys_it_does_not_know(device):
    batch = device.batch(installed={ONE: 3})
    document = batch.header.to_wire() | {"of_a_newer_device": {"a": 1}}

    class Newer:
        def to_wire(self):
            return document

    assert decode_batch(encode_batch(Newer(), ())).header == batch.header


@pytest.mark.parametrize("installed", [{"x": 1}, {ONE.hex: 0.5}, {ONE.hex: -1}, [1], "abc"])
def test_nonsense_is_no_batch(device, installed):
    document = device.batch().header.to_wire() | {"installed": installed}

    class Strange:
        def to_wire(self):
            return document

    with pytest.raises(ValueError, match="header"):
        decode_batch(encode_batch(Strange(), ()))


def test_places_stand_newest_first_in_one_query(device):
    other = RemoteDevice(make_telecentre()).registered()
    withdrawn = RemoteDevice(make_telecentre()).registered()
    for each, version in ((device, 3), (other, 4), (withdrawn, 5)):
        note_installed(each.row, {ONE: version})
    type(withdrawn.row).objects.filter(pk=withdrawn.id).update(revoked_at="2026-01-01T00:00Z")

    with CaptureQueriesContext(connection) as queries:
        places = places_by_course()

    assert [(place.name, place.version) for place in places[ONE]] == [
        (other.telecentre.name, 4),
        (device.telecentre.name, 3),
    ]
    assert len(queries) == 1


def test_twenty_courses_weigh_little(device):
    installed = {uuid4(): number for number in range(20)}

    more = len(device.body(installed=installed)) - len(device.body(installed={}))

    assert more < 700
