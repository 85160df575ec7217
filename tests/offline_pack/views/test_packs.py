"""The telecentre's page "Packs"."""

from __future__ import annotations

import os
import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course
from lms.models import Role
from offline_pack import jobs
from offline_pack.conf import received_folder
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from offline_pack.models import AvailablePack, Job, JobState
from offline_pack.trust.keys import own_key, trusted_keys
from tests.offline_pack import courses, people, versions
from tests.offline_pack.format.building import OTHER_KEY, change_byte

pytestmark = pytest.mark.django_db

PAGE = "/centre/paquets/"


@pytest.fixture
def manager(client):
    client.force_login(people.user("awa", role=Role.MANAGER))
    return client


@pytest.fixture
def stick(settings):
    """A stick with version 1 of a course that is not installed here."""
    export_pack(courses.publish(), to=settings.YELEN_USB_DIR / "cours.pack", key=own_key("packs"))
    courses.forget_course()
    return settings.YELEN_USB_DIR


def posted(client, view, /, *arguments, **data):
    return client.post(reverse(f"yelen_offline_pack:{view}", args=arguments), data, follow=True)


def packs_on(page):
    """All the packs found that the page shows, course by course."""
    return [pack for item in page.context["found"] for pack in (*item.packs, *item.older)]


def run_jobs():
    for job in Job.objects.unfinished():
        jobs.run_job(job.pk)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.MANAGER, 200), (Role.COORDINATOR, 200), (Role.TRAINER, 403), (None, 403)],
)
def test_the_page_opens_to_who_runs_a_telecentre(client, role, status):
    client.force_login(people.user("awa", role=role))

    assert client.get(PAGE).status_code == status


@pytest.mark.parametrize("name", ["install", "receive", "forget"])
def test_nobody_else_can_post(client, name):
    client.force_login(people.user("ali", role=Role.TRAINER))
    address = reverse(f"yelen_offline_pack:{name}")

    assert client.post(address).status_code == 403
    assert client.get(address).status_code == 405
    client.logout()
    assert client.post(address).status_code == 302


def test_a_pack_on_the_stick_is_described(manager, stick):
    page = manager.get(PAGE)

    (found,) = packs_on(page)
    assert (found.title, found.version, found.is_trusted) == (
        "Maintenance informatique",
        1,
        True,
    )
    assert found.size == (stick / "cours.pack").stat().st_size
    assert found.refusal is None
    assert "cours.pack" in page.content.decode()


def test_a_pack_whose_name_is_no_text_is_listed_and_can_be_installed(manager, stick):
    (stick / "cours.pack").rename(os.fsdecode(os.fsencode(stick) + b"/le\xe7on.pack"))

    shown = manager.get(PAGE).content.decode()
    posted(manager, "install", place="usb", name="le\N{REPLACEMENT CHARACTER}on.pack")
    run_jobs()

    assert "le\N{REPLACEMENT CHARACTER}on.pack" in shown
    assert Course.objects.get().version == 1


def test_installing_takes_three_clicks(manager, stick):
    shown = posted(manager, "install", place="usb", name="cours.pack")
    run_jobs()
    after = manager.get(shown.redirect_chain[-1][0])

    assert Course.objects.get().version == 1
    assert shown.context["words"].is_finished is False
    assert after.context["words"].state == JobState.DONE
    assert after.context["course"] == Course.objects.get()


def test_a_damaged_pack_says_so_and_leaves_the_course(manager, stick):
    content = (stick / "cours.pack").read_bytes()
    import_pack(stick / "cours.pack", trusted=trusted_keys())
    change_byte(stick / "cours.pack", len(content) - 20_000)

    shown = posted(manager, "install", place="usb", name="cours.pack")
    run_jobs()
    after = manager.get(shown.redirect_chain[-1][0])

    assert after.context["words"].refusal is not None
    assert Course.objects.get().version == 1


def test_a_pack_of_another_centre_is_listed_with_its_reason(manager, stick):
    export_pack(courses.publish(), to=stick / "autre.pack", key=OTHER_KEY)

    page = manager.get(PAGE)

    other = next(pack for pack in packs_on(page) if pack.name == "autre.pack")
    assert other.is_trusted is False
    assert OTHER_KEY.key_id[:4] in other.refusal.problem


def test_a_pack_left_behind_is_no_alarm_and_has_no_button(manager, stick):
    courses.publish()
    export_pack(courses.publish(text="<p>Deux</p>"), to=stick / "b.pack", key=own_key("packs"))
    import_pack(stick / "b.pack", trusted=trusted_keys())

    page = manager.get(PAGE)

    older = next(pack for pack in packs_on(page) if pack.version == 1)
    assert (older.is_past, older.refusal, older.can_install) == (True, None, False)
    assert 'class="notice' not in page.content.decode()
    assert reverse("yelen_offline_pack:install") not in page.content.decode()


def test_the_version_one_went_back_to_is_simply_installed(manager, stick):
    import_pack(stick / "cours.pack", trusted=trusted_keys())
    export_pack(courses.publish(text="<p>Deux</p>"), to=stick / "b.pack", key=own_key("packs"))
    import_pack(stick / "b.pack", trusted=trusted_keys())

    page = posted(manager, "go_back", "maintenance")

    newer, older = packs_on(page)
    assert (older.version, older.is_installed, older.refusal) == (1, True, None)
    assert (newer.version, newer.can_install) == (2, True)
    assert 'class="notice warning' not in page.content.decode()


def test_the_newest_of_two_packs_comes_first(manager, stick):
    for text in ("<p>Un</p>", "<p>Deux</p>"):
        newest = courses.publish(text=text)
    export_pack(newest, to=stick / "a.pack", key=own_key("packs"))
    courses.forget_course()

    newer, older = packs_on(manager.get(PAGE))

    assert (newer.version, newer.has_newer, newer.can_install) == (2, False, True)
    assert (older.version, older.has_newer, older.can_install) == (1, True, True)


@pytest.mark.parametrize(
    ("place", "name"),
    [("usb", "../secret.pack"), ("usb", "lien.pack"), ("etc", "cours.pack"), ("", "")],
)
def test_only_a_listed_pack_can_be_installed(manager, stick, data_dir, place, name):
    shutil.copy(stick / "cours.pack", data_dir / "secret.pack")
    (stick / "lien.pack").symlink_to(data_dir / "secret.pack")

    posted(manager, "install", place=place, name=name)

    assert not Job.objects.exists()


def test_an_upload_is_kept_and_listed(manager, stick):
    upload = SimpleUploadedFile("Mon cours.pack", (stick / "cours.pack").read_bytes())
    (stick / "cours.pack").unlink()

    page = posted(manager, "receive", pack=upload)

    (found,) = packs_on(page)
    assert (found.place, found.name, found.version) == ("received", "Mon_cours.pack", 1)


def test_a_large_upload_is_streamed_to_the_disk(manager, stick, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.FILE_UPLOAD_TEMP_DIR = str(settings.YELEN_DATA_DIR)
    content = (stick / "cours.pack").read_bytes()

    posted(manager, "receive", pack=SimpleUploadedFile("a.pack", content))

    assert (received_folder() / "a.pack").read_bytes() == content
    assert list(settings.YELEN_DATA_DIR.glob("*.upload*")) == []


def test_a_script_is_told_where_to_go(manager, stick):
    upload = SimpleUploadedFile("a.pack", (stick / "cours.pack").read_bytes())

    answer = manager.post(
        reverse("yelen_offline_pack:receive"),
        {"pack": upload},
        headers={"Accept": "application/json"},
    )

    assert answer.json() == {"next": PAGE}


@pytest.mark.parametrize("content", [b"not a pack", b""])
def test_an_upload_that_is_no_pack_is_not_kept(manager, content):
    page = posted(manager, "receive", pack=SimpleUploadedFile("../../a.pack", content))

    assert page.context["found"] == []
    assert [path for path in received_folder().parent.rglob("*") if path.is_file()] == []
    assert len(list(page.context["messages"])) == 1


def test_an_upload_cut_short_is_not_blamed_on_the_stick(manager, stick):
    content = (stick / "cours.pack").read_bytes()[:-1000]

    page = posted(manager, "receive", pack=SimpleUploadedFile("a.pack", content))

    (message,) = page.context["messages"]
    assert "Envoyez de nouveau le fichier." in str(message)


def test_a_damaged_upload_is_not_blamed_on_the_stick(manager, stick):
    change_byte(stick / "cours.pack", (stick / "cours.pack").stat().st_size - 20_000)
    upload = SimpleUploadedFile("a.pack", (stick / "cours.pack").read_bytes())
    posted(manager, "receive", pack=upload)

    shown = posted(manager, "install", place="received", name="a.pack")
    run_jobs()
    after = manager.get(shown.redirect_chain[-1][0])

    assert after.context["words"].refusal.remedy.startswith("Envoyez de nouveau le fichier.")


def tile_of(client):
    """The address behind the tile "Packs", if there is one."""
    tiles = client.get("/centre/").context["tiles"]
    return next((tile.url for tile in tiles if tile.icon == "package"), None)


@pytest.mark.parametrize(
    ("role", "here", "packs"),
    [
        (Role.MANAGER, "telecentre", PAGE),
        (Role.COORDINATOR, "telecentre", PAGE),
        (Role.TRAINER, "telecentre", None),
        (Role.TRAINER, "central", "/admin/packs/"),
        (Role.MANAGER, "central", None),
    ],
)
def test_the_tile_leads_to_what_one_may_do_here(client, settings, role, here, packs):
    settings.YELEN_ROLE = here
    permission = "add_pack" if role == Role.TRAINER else ""
    client.force_login(people.user("awa", role=role, permission=permission))

    assert tile_of(client) == packs


def test_a_received_pack_can_be_deleted(manager, stick):
    posted(
        manager, "receive", pack=SimpleUploadedFile("a.pack", (stick / "cours.pack").read_bytes())
    )

    posted(manager, "forget", name="a.pack")

    assert list(received_folder().iterdir()) == []
    assert (stick / "cours.pack").exists()


def test_an_installed_upload_is_not_kept_twice(manager, stick):
    posted(
        manager, "receive", pack=SimpleUploadedFile("a.pack", (stick / "cours.pack").read_bytes())
    )

    posted(manager, "install", place="received", name="a.pack")
    run_jobs()

    assert Course.objects.get().version == 1
    assert list(received_folder().iterdir()) == []


def test_going_back_is_one_button(manager, tmp_path):
    versions.install(tmp_path, count=2)
    before = manager.get(PAGE)

    posted(manager, "go_back", "cours-1")

    assert before.context["installed"][0].earlier == 1
    assert Course.objects.get().version == 1
    assert manager.get(PAGE).context["installed"][0].earlier is None


def test_what_the_centre_offers_is_shown_until_it_is_here(manager):
    course = courses.publish()
    for number, version in ((course.pk, 1), ("00000000-0000-4000-8000-0000000000ff", 1)):
        AvailablePack.objects.create(
            course_id=number,
            slug=f"cours-{number}",
            title="Cours",
            version=version,
            size=1000,
            manifest_sha256="0" * 64,
            path="/packs/x",
        )

    alone = manager.get(PAGE)
    people.pair_with_centre()
    page = manager.get(PAGE)

    assert alone.context["offered"] == []
    assert [str(offer.pack.pk)[-2:] for offer in page.context["offered"]] == ["ff"]


def test_the_page_asks_as_much_for_three_as_for_one(manager, settings):
    counts = []
    for number in (1, 2, 3):
        course = courses.other_course(number)
        pack = settings.YELEN_USB_DIR / f"{number}.pack"
        export_pack(course, to=pack, key=own_key("packs"))
        import_pack(pack, trusted=trusted_keys())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = manager.get(PAGE)
        counts.append(len(queries))

    assert len(page.context["found"]) == len(page.context["installed"]) == 3
    assert counts[0] == counts[2] <= 20
