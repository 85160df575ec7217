"""Making room from the page "Packs"."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.blobs import blob_path, has_blob
from courses.models import Course
from lms.models import Role
from offline_pack import reserve
from offline_pack.installing.importer import import_pack
from offline_pack.models import Release
from offline_pack.store.repairing import note_lost
from tests.offline_pack import people, versions
from tests.offline_pack.format.building import TRUSTED

pytestmark = pytest.mark.django_db

PAGE = "/centre/paquets/"


@pytest.fixture(autouse=True)
def telecentre(settings):
    settings.YELEN_ROLE = "telecentre"


@pytest.fixture
def manager(client):
    client.force_login(people.user("awa", role=Role.MANAGER))
    return client


@pytest.fixture
def installed(tmp_path):
    """Two versions of a course, installed in a boot that is over."""
    for pack in versions.packs(tmp_path, count=2):
        import_pack(pack, trusted=TRUSTED)
    Release.objects.update(boot_id=None)
    return Course.objects.get()


def posted(client, view, *arguments):
    address = reverse(f"yelen_offline_pack:{view}", args=arguments)
    return client.post(address, follow=True, headers={"Accept-Language": "en"})


def shown(client):
    return client.get(PAGE, headers={"Accept-Language": "en"})


def test_old_versions_are_offered_for_deletion_when_space_is_short(manager, installed, settings):
    assert shown(manager).context["health"].reclaimable == 0
    settings.YELEN_RESERVE_BYTES = 10**15
    assert "Delete old versions" in shown(manager).text

    page = posted(manager, "make_room")

    assert "are free again." in page.text
    assert not has_blob(versions.own_file(1))
    assert "Delete old versions" not in page.text
    assert "Go back to version" not in page.text


def test_a_course_is_removed(manager, installed):
    page = posted(manager, "remove", installed.slug)

    assert "Cours 1 was removed. Results stay." in page.text
    assert "No course is installed yet." in page.text
    assert not has_blob(versions.own_file(2))


@pytest.mark.parametrize("view", ["make_room", "remove"])
def test_nobody_else_may_make_room(client, installed, view):
    client.force_login(people.user("ali", role=Role.TRAINER))
    arguments = [installed.slug] if view == "remove" else []

    assert posted(client, view, *arguments).status_code == 403
    assert has_blob(versions.own_file(1))


def test_damaged_files_are_told_with_their_remedy(manager, installed):
    blob_path(versions.own_file(2)).unlink()
    note_lost()

    assert "1 damaged file in Cours 1." in shown(manager).text


def test_a_full_disk_is_told_on_both_pages(manager, installed, monkeypatch):
    assert "The disk is full" not in manager.get("/centre/").text
    monkeypatch.setattr(reserve, "free_bytes", lambda: 0)

    assert "The disk of this server is full" in shown(manager).text
    home = manager.get("/centre/", headers={"Accept-Language": "en"})
    assert "The disk is full" in home.text
