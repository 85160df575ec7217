"""Packs that come in parts, and packs that only say what changed."""

from __future__ import annotations

import pytest

from courses.blobs import blob_path, has_blob, read_blob, stored_blobs
from courses.models import Course, Lesson
from offline_pack.format.errors import BaseMissingError, PackDamagedError
from offline_pack.format.reader import PackReader
from offline_pack.installing.importer import Arrived, Installed, import_pack
from offline_pack.making.exporter import export_pack
from offline_pack.models import Release
from offline_pack.store.arrivals import arriving_folder
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED, change_byte

pytestmark = pytest.mark.django_db

SIZE = 160_000  # bytes a volume


@pytest.fixture
def volumes(tmp_path):
    """A course with a film larger than a volume; each volume on a stick of its own."""
    course = courses.publish(text="<p>Un</p>", film=500_000)
    built = export_pack(course, to=tmp_path / "cours.pack", key=KEY, volume_size=SIZE)
    sticks = []
    for number, path in enumerate(built.paths):
        stick = tmp_path / f"stick{number}"
        stick.mkdir()
        sticks.append(path.rename(stick / path.name))
    courses.forget_course()
    return sticks


def install(path):
    return import_pack(path, trusted=TRUSTED)


def arriving_bytes():
    return sum(path.stat().st_size for path in arriving_folder().rglob("*") if path.is_file())


def test_volumes_on_different_days_in_any_order(volumes):
    total = len(volumes)

    answers = [install(path) for path in reversed(volumes)]

    assert all(isinstance(answer, Arrived) for answer in answers[:-1])
    assert answers[0].missing == tuple(range(1, total))
    assert answers[-2].missing == (1,)
    assert isinstance(answers[-1], Installed)
    assert Course.objects.get().version == 1
    assert sum(len(blob) for blob in map(read_blob, stored_blobs())) > 620_000
    assert not list(arriving_folder().iterdir())


def test_nothing_is_served_before_the_last_volume(volumes):
    for path in volumes[:-1]:
        install(path)

    assert list(Course.objects.all()) == []
    assert list(Release.objects.all()) == []


def test_the_same_volume_twice_is_no_harm(volumes):
    first = install(volumes[1])
    kept = arriving_bytes()

    again = install(volumes[1])

    assert again == first
    assert arriving_bytes() == kept


def test_a_damaged_volume_is_told_on_its_day_and_the_others_are_kept(volumes):
    with PackReader.open(volumes[1], trusted=TRUSTED) as pack:
        pieces = [piece for blob in pack.manifest.blobs for piece in blob.at if piece.volume == 1]
    install(volumes[0])
    change_byte(volumes[1], pieces[0].offset + 7)

    with pytest.raises(PackDamagedError):
        install(volumes[1])
    change_byte(volumes[1], pieces[0].offset + 7)
    for path in volumes[1:]:
        last = install(path)

    assert isinstance(last, Installed)


def test_volumes_side_by_side_are_taken_together(volumes):
    for path in volumes[1:]:
        path.rename(volumes[0].parent / path.name)

    installed = install(volumes[0])

    assert isinstance(installed, Installed)


@pytest.fixture
def delta(tmp_path):
    """Version 1 as a pack, and version 2 as a delta on it."""
    base = export_pack(courses.publish(text="<p>Un</p>"), to=tmp_path / "v1.pack", key=KEY).path
    course = courses.publish(text="<p>Deux</p>")
    with PackReader.open(base, trusted=TRUSTED) as older:
        path = export_pack(course, to=tmp_path / "v2.pack", key=KEY, base=older).path
    courses.forget_course()
    return base, path


def test_a_delta_on_its_base_gives_the_new_version(delta):
    base, path = delta
    install(base)

    installed = install(path)

    assert (installed.rev, installed.changed) == (2, True)
    assert Lesson.objects.current().get().block_documents[0]["html"] == "<p>Deux</p>"


def test_a_delta_is_small(delta):
    base, path = delta

    assert path.stat().st_size < base.stat().st_size / 2


def test_a_delta_without_its_base_writes_nothing(delta, data_dir):
    _base, path = delta
    before = courses.stored_files(data_dir / "blobs")

    with pytest.raises(BaseMissingError) as caught:
        install(path)

    assert caught.value.rev == 1
    assert courses.stored_files(data_dir / "blobs") == before
    assert list(Course.objects.all()) == []


def test_a_delta_is_refused_when_a_file_of_the_base_is_gone(delta, data_dir):
    base, path = delta
    install(base)
    lost = next(iter(courses.outline().blobs()))
    blob_path(lost).unlink()
    before = courses.stored_files(data_dir / "blobs")

    with pytest.raises(BaseMissingError) as caught:
        install(path)

    assert caught.value.missing == (lost,)
    assert courses.stored_files(data_dir / "blobs") == before
    assert Course.objects.get().version == 1


def test_the_same_version_again_brings_back_what_is_lost(delta):
    base, _path = delta
    install(base)
    lost = next(iter(courses.outline().blobs()))
    blob_path(lost).unlink()

    again = install(base)

    assert (again.changed, again.repaired) == (False, 1)
    assert has_blob(lost)
