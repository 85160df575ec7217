"""A version taken back: no longer offered, told to telecentres, refused there."""

from __future__ import annotations

import pytest
from django.utils import timezone

from courses.models import Course
from offline_pack.errors import NoSuchPackError, WithdrawnPackError
from offline_pack.installing.withdrawing import (
    check_not_withdrawn,
    note_withdrawn,
    retired_at_centre,
    withdraw_pack,
    withdrawn_releases,
)
from offline_pack.making.generating import generate_pack
from offline_pack.models import AvailablePack, CentreLink, Pack, WithdrawnRelease
from offline_pack.sync.applying import apply_news
from offline_pack.sync.snapshots import packs_document
from tests.factories import make_telecentre
from tests.offline_pack import courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return CentreLink.objects.create(
        address="https://centre.example.org", sync_key="00" * 32, telecentre=make_telecentre()
    )


@pytest.fixture
def course():
    """Two versions, both packed."""
    for text in ("<p>Un</p>", "<p>Deux</p>"):
        course = courses.publish(text=text)
        generate_pack(course)
    return course


def news(version=1):
    return ({"kind": "packs", "version": version, "digest": "x", "document": packs_document()},)


def test_a_withdrawn_version_gives_way_to_the_one_before(course):
    assert withdraw_pack(course, version=2) == Pack.objects.filter(version=2).count()

    document = packs_document()
    assert [pack["version"] for pack in document["packs"]] == [1]
    assert document["withdrawn"] == [{"course": course.pk.hex, "version": 2}]
    assert document["retired"] == []


def test_withdrawing_twice_is_once(course):
    withdraw_pack(course, version=2)
    before = set(Pack.objects.filter(version=2).values_list("withdrawn_at", flat=True))

    assert withdraw_pack(course, version=2) == 0

    assert None not in before
    after = Pack.objects.filter(version=2).values_list("withdrawn_at", flat=True)
    assert set(after) == before


def test_what_was_never_packed_cannot_be_withdrawn(course):
    with pytest.raises(NoSuchPackError):
        withdraw_pack(course, version=3)


def test_a_withdrawn_pack_is_gone_and_says_why(course, client):
    address = Pack.objects.filter(version=2).latest("created_at").get_absolute_url()
    assert client.head(address).status_code == 200

    withdraw_pack(course, version=2)

    answer = client.get(address)
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode() or "retiré" in answer.content.decode()


def test_a_telecentre_is_told_and_refuses_that_version(course, link):
    withdraw_pack(course, version=2)
    document = news()
    Pack.objects.all().delete()  # a telecentre has none

    apply_news(link, document)

    assert list(AvailablePack.objects.values_list("version", flat=True)) == [1]
    check_not_withdrawn(course.pk, rev=1)
    with pytest.raises(WithdrawnPackError) as caught:
        check_not_withdrawn(course.pk, rev=2)
    assert caught.value.version == 2


def test_the_version_in_use_is_told_to_be_withdrawn_and_nothing_is_deleted(course, link):
    withdraw_pack(course, version=2)

    apply_news(link, news())

    assert withdrawn_releases() == {(course.pk, 2)}
    assert Course.objects.get(pk=course.pk).version == 2


def test_another_version_in_use_is_not_withdrawn(course):
    note_withdrawn([(course.pk, 1)])

    assert (course.pk, course.version) not in withdrawn_releases()


def test_what_was_withdrawn_once_stays_so(course, link):
    withdraw_pack(course, version=2)
    apply_news(link, news())
    Pack.objects.update(withdrawn_at=None)  # a centre put back from an old copy

    apply_news(link, news(version=2))

    assert list(WithdrawnRelease.objects.values_list("pack", "rev")) == [(course.pk, 2)]


def test_a_course_the_centre_teaches_no_more_is_told(course, link):
    assert retired_at_centre() == frozenset()
    Course.objects.filter(pk=course.pk).update(retired_at=timezone.now())

    apply_news(link, news())

    assert retired_at_centre() == {course.pk}
    assert not AvailablePack.objects.exists()
    assert Course.objects.filter(pk=course.pk).exists()


def test_a_snapshot_of_an_older_centre_withdraws_nothing(link):
    apply_news(link, ({"kind": "packs", "version": 1, "digest": "x", "document": {"packs": []}},))

    assert not WithdrawnRelease.objects.exists()
    assert retired_at_centre() == frozenset()
