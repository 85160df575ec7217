"""Packs for download: rows, files, and the deltas that come with them."""

from __future__ import annotations

import pytest

from courses.publishing import publish_outline
from offline_pack.choices import ALL, AUDIO, TEXT, Choice
from offline_pack.conf import packs_folder
from offline_pack.errors import NotEnoughSpaceError
from offline_pack.format.manifest import ZPATCH
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.installing.withdrawing import withdraw_pack
from offline_pack.making import generating
from offline_pack.making.generating import generate_pack, pack_path
from offline_pack.models import AvailablePack, CentreLink, Pack
from offline_pack.sync.applying import apply_news
from offline_pack.sync.snapshots import packs_document
from offline_pack.trust.keys import trusted_keys
from tests.factories import make_telecentre
from tests.offline_pack import courses
from tests.offline_pack.format.building import noise
from tests.offline_pack.making.test_exporter import media_outline, with_file

pytestmark = pytest.mark.django_db


def versions(count: int, **choice) -> list[Pack]:
    """Whole packs of as many versions of one course."""
    return [
        generate_pack(courses.publish(text=f"<p>Version {n}</p>"), **choice)
        for n in range(1, count + 1)
    ]


def bases(pack: Pack) -> list[int | None]:
    rows = Pack.objects.filter(version=pack.version, course=pack.course)
    return sorted(row.base_version for row in rows if row.base_version)


def test_a_first_version_has_no_deltas(data_dir):
    pack = generate_pack(courses.publish())

    assert Pack.objects.get() == pack
    assert (pack.volumes, pack.media, pack.languages, pack.base_version) == (1, ALL, "", None)
    assert [path.name for path in packs_folder().iterdir() if path.is_file()] == [
        f"{pack.manifest_sha256}.pack"
    ]
    assert list((packs_folder() / "building").iterdir()) == []


def test_deltas_lead_from_the_last_three_versions():
    *_older, newest = versions(5)

    assert bases(newest) == [2, 3, 4]
    for row in Pack.objects.exclude(base_version=None):
        assert row.size * 2 < newest.size
        with open_with_volumes(pack_path(row.manifest_sha256), trusted=trusted_keys()) as delta:
            assert delta.manifest.base.manifest_sha256 == row.base_sha256


def test_packs_that_nobody_will_ask_for_are_deleted():
    *older, newest = versions(6)

    rows = Pack.objects.filter(base_version=None).order_by("version")
    assert [row.version for row in rows] == [3, 4, 5, 6]
    assert set(Pack.objects.exclude(base_version=None).values_list("version", flat=True)) == {6}
    kept = {f"{sha256}.pack" for sha256 in Pack.objects.values_list("manifest_sha256", flat=True)}
    assert {path.name for path in packs_folder().iterdir() if path.is_file()} == kept
    assert not pack_path(older[0].manifest_sha256).exists()
    assert pack_path(newest.manifest_sha256).exists()


def test_a_withdrawn_version_is_remembered_when_its_pack_goes():
    first, *_others = versions(1)
    withdraw_pack(first.course, version=1)

    for number in range(2, 7):
        generate_pack(courses.publish(text=f"<p>Version {number}</p>"))

    assert Pack.objects.get(version=1).withdrawn_at is not None
    assert not pack_path(first.manifest_sha256).exists()


def test_no_pack_is_made_on_the_last_room(settings):
    settings.YELEN_RESERVE_BYTES = 10**15

    with pytest.raises(NotEnoughSpaceError):
        generate_pack(courses.publish())

    assert list(Pack.objects.all()) == []


def test_a_delta_that_saves_little_is_not_kept():
    generate_pack(courses.publish())
    heavier = with_file(courses.outline(), noise(200_000, seed=9), media_type="application/pdf")

    newest = generate_pack(publish_outline(heavier))

    assert newest.size < 2 * 200_000
    assert list(Pack.objects.exclude(base_version=None)) == []
    assert len([path for path in packs_folder().iterdir() if path.is_file()]) == 2


def test_deltas_stand_on_packs_of_the_same_choice():
    generate_pack(courses.publish(text="<p>Un</p>"), choice=Choice(media=TEXT))

    newest = generate_pack(courses.publish(text="<p>Deux</p>"))

    assert bases(newest) == []


def test_a_pack_that_is_gone_or_damaged_is_no_base():
    one, two = versions(2)
    pack_path(one.manifest_sha256).unlink()
    damaged = pack_path(two.manifest_sha256)
    damaged.write_bytes(damaged.read_bytes()[:-10])

    newest = generate_pack(courses.publish(text="<p>Trois</p>"))

    assert bases(newest) == []
    assert pack_path(newest.manifest_sha256).is_file()


def test_making_it_again_changes_nothing():
    versions(2)
    before = list(Pack.objects.order_by("pk").values())

    generate_pack(courses.Course.objects.get())

    assert list(Pack.objects.order_by("pk").values()) == before


def test_the_same_bytes_asked_for_as_more_are_noted_as_more():
    course = courses.publish()

    for media in (TEXT, ALL, AUDIO):
        generate_pack(course, choice=Choice(media=media))

    assert Pack.objects.get().media == ALL


def test_volumes_are_kept_and_downloaded(client, monkeypatch):
    monkeypatch.setattr(generating, "VOLUME_SIZE", 80_000)

    pack = generate_pack(courses.publish())

    assert pack.volumes == 2
    for number, (name, address) in enumerate(pack.downloads):
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == (
            pack_path(pack.manifest_sha256, volume=number).read_bytes()
        )
        assert f'filename="{name}"' in answer["Content-Disposition"]
    assert [name for name, _ in pack.downloads] == [
        "maintenance-v1.pack",
        "maintenance-v1.2.pack",
    ]
    assert pack.address(volume=1).endswith("/maintenance-v1.2.pack")
    assert client.get(pack.address(volume=2)).status_code == 404
    assert client.get(pack.address(volume=1).replace(".2.pack", ".0.pack")).status_code == 404


def test_the_list_that_goes_down_has_deltas_and_comes_back_the_same():
    *_older, newest = versions(3)
    link = CentreLink.objects.create(
        address="https://centre.example.org", sync_key="00" * 32, telecentre=make_telecentre()
    )
    document = packs_document()

    apply_news(link, ({"kind": "packs", "version": 1, "digest": "x", "document": document},))

    (item,) = document["packs"]
    assert item["manifest_sha256"] == newest.manifest_sha256
    assert [delta["base_version"] for delta in item["deltas"]] == [2, 1]
    assert "volumes" not in item
    row = AvailablePack.objects.get()
    assert row.deltas == [delta | {"volumes": 1} for delta in item["deltas"]]
    assert row.volumes == 1


def test_telecentres_are_offered_the_widest_choice():
    course = publish_outline(media_outline())
    widest = generate_pack(course)
    generate_pack(course, choice=Choice(media=TEXT))
    generate_pack(course, choice=Choice(frozenset({"fr"}), AUDIO))

    (item,) = packs_document()["packs"]

    assert Pack.objects.count() == 3
    assert item["manifest_sha256"] == widest.manifest_sha256


def test_the_list_asks_as_much_for_three_courses_as_for_one(django_assert_num_queries):
    versions(2)
    with django_assert_num_queries(3):
        packs_document()
    for number in (5, 6):
        generate_pack(courses.other_course(number))

    with django_assert_num_queries(3):
        packs_document()


def test_a_typo_is_a_patch_on_the_older_course():
    *_older, newest = versions(2)
    row = Pack.objects.exclude(base_version=None).get()

    with open_with_volumes(pack_path(row.manifest_sha256), trusted=trusted_keys()) as delta:
        (blob,) = delta.manifest.blobs

    assert (blob.encoding, delta.manifest.course) == (ZPATCH, blob.sha256)
    assert newest.base_version is None
