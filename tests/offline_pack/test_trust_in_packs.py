"""Packs that carry news of keys: the news is followed before the pack's signature is judged."""

from __future__ import annotations

import pytest

from courses.models import Course
from offline_pack.errors import WithdrawnPackError
from offline_pack.format.errors import RevokedKeyError, UnknownKeyError
from offline_pack.format.signing import PACKS
from offline_pack.installing.importer import import_pack, open_pack
from offline_pack.installing.withdrawing import note_withdrawn
from offline_pack.making.exporter import export_pack
from offline_pack.models import Release, TrustDocument, TrustedKey
from offline_pack.shelf.packs import packs_within_reach
from offline_pack.trust.chain import adopt_trust, held_trust
from offline_pack.trust.issuing import own_trust, rotate_key
from offline_pack.trust.keys import own_key, trusted_keys
from offline_pack.words.explain import explain_error
from tests.offline_pack import courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def travel(data_dir, settings, tmp_path):
    """At the centre, packs are made between changes of keys; then it is a telecentre's turn."""

    class Travel:
        first = own_trust()

        def pack(self, name, key=None):
            course = courses.publish(text=f"<p>{name}</p>")
            key = key or own_key(PACKS)
            return export_pack(course, to=tmp_path / f"{name}.pack", key=key).path

        def arrive(self):
            courses.forget_course()
            TrustDocument.objects.all().delete()
            TrustedKey.objects.all().delete()
            (data_dir / "keys" / "packs.key").unlink()
            adopt_trust([self.first.data])

    return Travel()


def test_a_pack_by_a_new_key_brings_the_news_of_that_key_along(travel):
    rotate_key(PACKS)
    pack = travel.pack("new")
    travel.arrive()

    installed = import_pack(pack, trusted=trusted_keys())

    assert installed.changed
    assert held_trust().version == 2


def test_a_pack_by_a_key_revoked_in_it_is_refused(travel):
    old = own_key(PACKS)
    rotate_key(PACKS, revoke=True)
    pack = travel.pack("forged", key=old)
    travel.arrive()

    with pytest.raises(RevokedKeyError):
        import_pack(pack, trusted=trusted_keys())

    assert not Course.objects.exists()


def test_once_the_news_has_come_older_packs_by_that_key_are_refused(travel):
    before = travel.pack("before")
    rotate_key(PACKS, revoke=True)
    after = travel.pack("after")
    travel.arrive()
    import_pack(after, trusted=trusted_keys())

    with pytest.raises(RevokedKeyError):
        open_pack(before, trusted=trusted_keys())


def test_a_look_into_a_pack_follows_nothing(travel):
    rotate_key(PACKS)
    pack = travel.pack("new")
    travel.arrive()

    open_pack(pack, trusted=trusted_keys()).close()

    assert held_trust().version == 1


def test_a_pack_is_no_introduction(travel):
    pack = travel.pack("stranger")
    travel.arrive()
    TrustDocument.objects.all().delete()
    TrustedKey.objects.all().delete()

    with pytest.raises(UnknownKeyError):
        import_pack(pack, trusted=trusted_keys())

    assert held_trust() is None


def test_a_withdrawn_version_is_refused_and_the_one_in_use_stays(travel):
    one, two = travel.pack("one"), travel.pack("two")
    travel.arrive()
    import_pack(one, trusted=trusted_keys())
    note_withdrawn([(courses.COURSE_ID, 2)])

    with pytest.raises(WithdrawnPackError):
        import_pack(two, trusted=trusted_keys())

    assert Course.objects.get().version == 1
    assert list(Release.objects.values_list("rev", flat=True)) == [1]


def test_a_withdrawn_version_on_a_stick_is_listed_with_the_reason(travel, settings):
    pack = travel.pack("one")
    travel.arrive()
    pack.rename(settings.YELEN_USB_DIR / pack.name)
    note_withdrawn([(courses.COURSE_ID, 1)])

    (found,) = packs_within_reach(trusted=trusted_keys())

    assert not found.can_install
    assert found.refusal == explain_error(WithdrawnPackError(version=1))
