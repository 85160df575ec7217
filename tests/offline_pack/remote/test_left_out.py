"""A place that did without films is not sent them by an update."""

from __future__ import annotations

from dataclasses import replace

import pytest

from courses.blobs import blob_path, has_blob
from courses.media_groups import CORE, groups_of
from courses.models import Course
from courses.publishing import publish_outline
from offline_pack.choices import AUDIO, TEXT, Choice
from offline_pack.installing.importer import import_pack
from offline_pack.installing.left_out import groups_left_out
from offline_pack.making.exporter import export_pack
from offline_pack.remote.importing import import_remote
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED
from tests.offline_pack.making.test_exporter import media_outline

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(server):
    """Puts version 1 in use, packed by a choice; version 2 is served with everything."""

    def put(media):
        outline = media_outline()
        course = publish_outline(outline)
        packed = export_pack(
            course, to=server.folder / "v1.pack", key=KEY, choice=Choice(media=media)
        )
        newer = publish_outline(replace(outline, title="Maintenance, deuxième version"))
        export_pack(newer, to=server.folder / "v2.pack", key=KEY)
        courses.forget_course()
        import_pack(packed.path, trusted=TRUSTED)
        return groups_of(outline)

    return put


def here(groups):
    return {group for sha256, group in groups.items() if has_blob(sha256)}


def fetch(server):
    return import_remote(server.address("v2.pack"), trusted=TRUSTED)


def test_films_and_sound_that_were_left_out_are_not_fetched(server, place):
    groups = place(TEXT)

    installed = fetch(server)

    assert (installed.rev, installed.course.title) == (2, "Maintenance, deuxième version")
    assert here(groups) == {CORE}


def test_what_was_taken_before_is_taken_again(server, place):
    groups = place(AUDIO)
    lost = next(sha256 for sha256, group in groups.items() if group == "audio:fr")
    spare = next(sha256 for sha256, group in groups.items() if group == "audio:mos")
    blob_path(spare).unlink()

    fetch(server)

    assert has_blob(lost)
    assert here(groups) == {CORE, "audio:fr"}


def test_a_course_that_is_new_here_comes_whole(server, place):
    groups = place(TEXT)
    courses.forget_course()

    fetch(server)

    assert here(groups) == set(groups.values())
    assert groups_left_out(Course.objects.get()) == frozenset()
