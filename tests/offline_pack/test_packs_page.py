"""What the telecentre's page "Packs" tells: news, choices, parts, arrivals, withdrawals, room."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.blobs import store_bytes
from courses.changes import NumberedLesson
from courses.models import Course
from courses.outline import AudioBlock
from courses.publishing import publish_outline
from lms.models import Role
from offline_pack import jobs
from offline_pack.choices import TEXT, Choice
from offline_pack.format.signing import PACKS
from offline_pack.installing.importer import import_pack
from offline_pack.installing.withdrawing import note_withdrawn
from offline_pack.jobs import IMPORT
from offline_pack.locking import machine_lock
from offline_pack.making.exporter import export_pack
from offline_pack.models import (
    AvailablePack,
    Job,
    JobState,
    QuietTime,
    Release,
    Snapshot,
    SnapshotKind,
    TrustedKey,
)
from offline_pack.store.arrivals import arriving_folder
from offline_pack.trust.hearing import last_heard
from offline_pack.trust.keys import own_key, trusted_keys
from tests.offline_pack import courses, people, versions
from tests.offline_pack.format.building import KEY, noise

pytestmark = pytest.mark.django_db

PAGE = "/centre/paquets/"
VOLUME = 160_000  # bytes


@pytest.fixture(autouse=True)
def telecentre(settings):
    settings.YELEN_ROLE = "telecentre"
    cache.clear()


@pytest.fixture
def manager(client):
    client.force_login(people.user("awa", role=Role.MANAGER))
    return client


@pytest.fixture
def stick(settings):
    settings.YELEN_USB_DIR.mkdir(exist_ok=True)
    return settings.YELEN_USB_DIR


def shown(client):
    return client.get(PAGE, headers={"Accept-Language": "en"})


def posted(client, view, *arguments, **data):
    address = reverse(f"yelen_offline_pack:{view}", args=arguments)
    return client.post(address, data, follow=True, headers={"Accept-Language": "en"})


def export(course, to, **options):
    return export_pack(course, to=to, key=own_key("packs"), **options)


def take(path):
    return import_pack(path, trusted=trusted_keys())


def available(course_id, *, version=1, title="Cours", deltas=()):
    return AvailablePack.objects.create(
        course_id=course_id,
        slug=f"cours-{course_id}",
        title=title,
        version=version,
        size=9_000_000,
        manifest_sha256="0" * 64,
        path=f"/packs/{course_id}",
        deltas=list(deltas),
    )


def with_one_more_lesson(outline):
    module = outline.modules[0]
    lesson = replace(module.lessons[0], id=UUID(int=99), title="Nettoyer", blocks=())
    return replace(outline, modules=(replace(module, lessons=(*module.lessons, lesson)),))


def test_what_is_new_is_told_by_lesson(manager, stick):
    take(export(courses.publish(), stick / "un.pack").path)
    newer = publish_outline(with_one_more_lesson(courses.outline(text="<p>Deux</p>")))
    export(newer, stick / "deux.pack")
    Course.objects.update(version=1)

    page = shown(manager)

    news = page.context["found"][0].news
    assert news.changes.added == (NumberedLesson("1.2", "Nettoyer"),)
    assert news.changes.changed == (NumberedLesson("1.1", "Ouvrir un ordinateur"),)
    assert "1 lesson added" in page.text
    assert "Nettoyer" in page.text


def test_a_course_document_is_read_once(manager, stick, monkeypatch):
    export(courses.publish(), stick / "un.pack")
    courses.forget_course()
    first = shown(manager).context["found"][0].news
    monkeypatch.setattr("offline_pack.shelf.novelties.read_document", None)

    again = shown(manager).context["found"][0].news

    assert first.is_new_course
    assert again == first


def with_sound():
    sound = store_bytes(noise(50_000, seed=77), "audio/mpeg")
    outline = courses.outline()
    module, lesson = outline.modules[0], outline.modules[0].lessons[0]
    block = AudioBlock(blob=sound, title="Écouter", language="mos", seconds=60)
    lesson = replace(lesson, blocks=(*lesson.blocks, block))
    return publish_outline(replace(outline, modules=(replace(module, lessons=(lesson,)),)))


def test_packs_with_and_without_sound_stand_side_by_side(manager, stick):
    course = with_sound()
    export(course, stick / "tout.pack")
    export(course, stick / "texte.pack", choice=Choice(media=TEXT))
    courses.forget_course()

    page = shown(manager)

    (item,) = page.context["found"]
    assert [pack.name for pack in item.packs] == ["tout.pack", "texte.pack"]
    assert "Sound: Mooré" in page.text
    assert "Text and pictures, no sound or video" in page.text


def test_sound_can_be_added_to_a_course_that_came_without(manager, stick):
    course = with_sound()
    text = export(course, stick / "texte.pack", choice=Choice(media=TEXT)).path
    export(course, stick / "tout.pack")
    courses.forget_course()
    take(text)

    page = shown(manager)
    posted(manager, "install", place="usb", name="tout.pack")
    for job in Job.objects.unfinished():
        jobs.run_job(job.pk)

    assert page.context["found"][0].best.adds_media
    assert "Adds sound or video" in page.text
    assert all(pack.is_installed for pack in shown(manager).context["found"][0].packs)


@pytest.fixture
def volumes(tmp_path):
    """A course in several files, each in a folder of its own, none on the stick."""
    built = export(courses.publish(film=500_000), tmp_path / "cours.pack", volume_size=VOLUME)
    courses.forget_course()
    parts = []
    for number, path in enumerate(built.paths):
        folder = tmp_path / f"stick{number}"
        folder.mkdir()
        parts.append(path.rename(folder / path.name))
    return parts


def test_parts_on_one_stick_are_one_pack(manager, stick, volumes):
    for path in (volumes[0], volumes[2]):
        path.rename(stick / path.name)

    page = shown(manager)

    (pack,) = page.context["found"][0].packs
    assert (pack.parts, pack.parts_total) == ((1, 3), len(volumes))
    assert 2 in pack.parts_missing
    assert pack.name == "cours.pack"
    assert page.context["found"][0].news.is_new_course
    assert f"Parts found: 1, 3 of {len(volumes)}." in page.text
    assert "Take these parts" in page.text


def test_parts_that_came_are_on_the_way_until_given_up(manager, stick, volumes):
    take(volumes[0])

    page = shown(manager)
    (coming,) = page.context["coming"]
    after = posted(manager, "abandon", coming.manifest_sha256)

    assert coming.parts_missing == tuple(range(2, len(volumes) + 1))
    assert 0 < coming.percent < 100
    assert "Give up" in page.text
    assert after.context["coming"] == []
    assert list(arriving_folder().iterdir()) == []


def test_the_same_part_again_brings_nothing(manager, stick, volumes):
    take(volumes[0].rename(stick / volumes[0].name))

    page = shown(manager)

    assert page.context["found"][0].best.brings_nothing
    assert "This server has all of what is here." in page.text
    assert reverse("yelen_offline_pack:install") not in page.text


def test_nothing_is_given_up_during_a_download(manager, volumes):
    take(volumes[0])
    (coming,) = shown(manager).context["coming"]

    with machine_lock("download"):
        page = posted(manager, "abandon", coming.manifest_sha256)

    assert page.context["coming"] == [coming]


@pytest.mark.parametrize("name", ["0" * 64, "..", "x"])
def test_giving_up_what_is_not_there_harms_nothing(manager, volumes, name):
    take(volumes[0])

    posted(manager, "abandon", name)

    assert len(shown(manager).context["coming"]) == 1


def test_a_version_taken_back_says_so_with_the_way_out(manager, tmp_path):
    versions.install(tmp_path, count=2)
    course = Course.objects.get()
    note_withdrawn([(course.pk, 2)])

    page = shown(manager)

    (row,) = page.context["installed"]
    assert (row.is_withdrawn, row.earlier) == (True, 1)
    assert "Withdrawn by the centre" in page.text
    assert "Go back to version 1" in page.text


def test_nobody_is_sent_back_to_a_version_taken_back(manager, tmp_path):
    versions.install(tmp_path, count=2)
    note_withdrawn([(Course.objects.get().pk, 1)])

    page = shown(manager)

    assert page.context["installed"][0].earlier is None
    assert "Go back" not in page.text


def test_a_course_the_centre_teaches_no_more_says_so(manager, tmp_path):
    versions.install(tmp_path, count=1)
    link = people.pair_with_centre()
    Snapshot.objects.create(
        telecentre=link.telecentre,
        kind=SnapshotKind.PACKS,
        version=1,
        digest="0",
        document={"retired": [Course.objects.get().pk.hex]},
    )

    assert "No longer taught by the centre" in shown(manager).text


def test_a_small_delta_is_what_an_offer_weighs(manager, tmp_path):
    versions.install(tmp_path, count=1)
    people.pair_with_centre()
    release = Release.objects.get()
    delta = {"base_version": 1, "base_manifest_sha256": release.manifest_sha256, "size": 40_000}
    available(release.pack, version=2, deltas=[delta])

    page = shown(manager)

    (offer,) = page.context["offered"]
    assert (offer.size, offer.is_delta, offer.installed) == (40_000, True, 1)
    assert "40 KB to download: only what is new" in page.text


def test_a_paused_download_is_taken_up_from_its_offer(manager):
    link = people.pair_with_centre()
    pack = available(UUID(int=7))
    params = {"address": f"{link.address}{pack.path}", "name": "Cours"}
    Job.objects.create(kind=IMPORT, params=params, state=JobState.STOPPED)

    page = shown(manager)
    posted(manager, "job_resume", Job.objects.get().pk)

    assert "Paused" in page.text
    assert Job.objects.unfinished().get().params == params


def test_silence_from_the_centre_is_told_after_ninety_days(manager, tmp_path):
    versions.install(tmp_path, count=1)
    assert "days of use" not in shown(manager).text
    QuietTime.objects.create(pk=1, heard_at=last_heard().at, days=93)

    page = shown(manager)

    assert "Nothing was heard from the centre in 93 days of use." in page.text


def test_want_of_room_is_told_with_what_is_missing(manager, stick, settings):
    export(courses.publish(), stick / "un.pack")
    courses.forget_course()
    settings.YELEN_RESERVE_BYTES = 10**15

    page = shown(manager)

    assert page.context["found"][0].best.lacking > 10**13
    assert "are missing." in page.text
    assert "stays free for learners' results." in unescape(page.text)
    assert "needed on this server" not in page.text


def test_removing_is_confirmed_on_a_page_of_its_own(manager, tmp_path):
    versions.install(tmp_path, count=1)
    address = reverse("yelen_offline_pack:remove_confirm", args=["cours-1"])

    page = manager.get(address, headers={"Accept-Language": "en"})

    assert "Their results stay." in page.text
    assert Course.objects.current().count() == 1
    assert manager.get(address.replace("cours-1", "rien")).status_code == 404


@pytest.mark.parametrize("view", ["abandon", "remove_confirm"])
def test_these_pages_are_for_who_runs_a_telecentre(client, view):
    client.force_login(people.user("ali", role=Role.TRAINER))
    address = reverse(f"yelen_offline_pack:{view}", args=["x"])

    assert (client.get if view == "remove_confirm" else client.post)(address).status_code == 403


def test_lists_of_three_ask_as_much_as_lists_of_one(manager, stick, tmp_path):
    people.pair_with_centre()
    TrustedKey.objects.create(key_id=KEY.key_id, public_key=KEY.public.hex(), purpose=PACKS)
    counts = []
    for number in (1, 2, 3):
        older, newer = versions.packs(tmp_path / str(number), count=2, course=number)
        take(older)
        newer.rename(stick / f"{number}.pack")
        available(UUID(int=number))
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page = shown(manager)
        counts.append(len(queries))

    assert len(page.context["found"]) == len(page.context["offered"]) == 3
    assert all(item.news for item in page.context["found"])
    assert counts[0] == counts[2]
