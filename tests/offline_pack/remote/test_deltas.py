"""A delta instead of the whole pack, where one fits; and packs in several files."""

from __future__ import annotations

import pytest

from courses.blobs import blob_path, has_blob
from courses.models import Course
from offline_pack.format.reader import PackReader
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from offline_pack.models import AvailablePack
from offline_pack.remote import deltas
from offline_pack.remote.fetching import volume_address
from offline_pack.remote.importing import import_remote
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(server, monkeypatch):
    """Version 1 in use here; version 2 offered, whole and as a delta."""
    folder = server.folder
    first = export_pack(courses.publish(text="<p>Un</p>"), to=folder / "v1.pack", key=KEY)
    course = courses.publish(text="<p>Deux</p>")
    whole = export_pack(course, to=folder / "v2.pack", key=KEY)
    with PackReader.open(first.path, trusted=TRUSTED) as base:
        delta = export_pack(course, to=folder / "delta.pack", key=KEY, base=base)
    courses.forget_course()
    import_pack(first.path, trusted=TRUSTED)
    monkeypatch.setattr(deltas, "download_url", lambda row: f"{server.root}{row.path}")
    return AvailablePack.objects.create(
        course_id=course.pk,
        slug=course.slug,
        title=course.title,
        version=2,
        size=whole.size,
        path="/v2.pack",
        deltas=[
            {
                "base_version": 1,
                "base_manifest_sha256": first.manifest_sha256,
                "manifest_sha256": delta.manifest_sha256,
                "size": delta.size,
                "path": "/delta.pack",
            }
        ],
    )


def fetch(server, name="v2.pack"):
    return import_remote(server.address(name), trusted=TRUSTED)


def test_a_delta_that_fits_is_taken(server, offered):
    installed = fetch(server)

    assert (installed.rev, installed.changed) == (2, True)
    assert server.paths == ["/delta.pack"]
    assert server.sent <= (server.folder / "delta.pack").stat().st_size


def test_a_delta_on_another_version_is_not_looked_at(server, offered):
    offered.deltas[0]["base_version"] = 7
    offered.save()

    assert fetch(server).rev == 2
    assert "/delta.pack" not in server.paths


def test_without_all_of_the_base_the_whole_pack_is_asked(server, offered):
    lost = next(iter(courses.outline().blobs()))
    blob_path(lost).unlink()

    assert fetch(server).rev == 2
    assert "/delta.pack" not in server.paths
    assert has_blob(lost)


def test_a_delta_that_is_gone_is_no_loss(server, offered):
    (server.folder / "delta.pack").unlink()

    assert fetch(server).rev == 2
    assert server.paths[0] == "/delta.pack"


def test_a_delta_that_is_refused_is_no_loss(server, offered):
    content = bytearray((server.folder / "delta.pack").read_bytes())
    content[120] ^= 1
    (server.folder / "delta.pack").write_bytes(content)

    assert fetch(server).rev == 2
    assert Course.objects.get().version == 2


def test_of_two_ways_the_one_with_fewer_bytes_is_gone(server, offered):
    offered.deltas[0]["size"] = 10**9
    offered.save()

    assert fetch(server).rev == 2
    assert "/delta.pack" not in server.paths


def test_a_pack_in_several_files_comes_whole(server):
    course = courses.publish(film=500_000)
    built = export_pack(course, to=server.folder / "cours.pack", key=KEY, volume_size=160_000)
    courses.forget_course()
    for blob in courses.outline(film=500_000).blobs():
        blob_path(blob).unlink(missing_ok=True)
    server.manners.cuts = [9_000, 50_000, 70_000]

    installed = fetch(server, "cours.pack")

    assert installed.changed is True
    assert len(built.paths) > 2
    assert server.sent <= built.size


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "https://x/a/c.pack?k=1"),
        (2, "https://x/a/c.3.pack?k=1"),
    ],
)
def test_further_files_lie_beside_the_first(number, expected):
    assert volume_address("https://x/a/c.pack?k=1", number) == expected
