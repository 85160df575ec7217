"""The volumes of a pack are found among whatever else lies in the folder."""

from __future__ import annotations

import shutil

import pytest

from offline_pack.format.errors import PackSizeError
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.making.exporter import export_pack
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED

pytestmark = pytest.mark.django_db

VOLUME = 80_000  # bytes: the picture of 90 000 must be split


@pytest.fixture
def volumes(tmp_path):
    """The files of one pack; ``other.pack`` beside them is of another course."""
    export_pack(courses.other_course(7), to=tmp_path / "other.pack", key=KEY)
    course = courses.publish()
    built = export_pack(course, to=tmp_path / "cours.pack", key=KEY, volume_size=VOLUME)
    assert [path.name for path in built.paths] == ["cours.pack", "cours.2.pack"]
    return list(built.paths)


def opened(path):
    with open_with_volumes(path, trusted=TRUSTED) as pack:
        pack.verify()
        return pack.volumes


@pytest.mark.parametrize("first", [0, 1])
def test_any_volume_brings_the_others(volumes, first):
    assert opened(volumes[first]) == {0, 1}


def test_names_do_not_matter(volumes):
    volumes[1].rename(volumes[1].with_name("copie de cours.PACK"))

    assert opened(volumes[0]) == {0, 1}


def test_a_volume_that_is_elsewhere_is_missing(volumes, tmp_path):
    (tmp_path / "ailleurs").mkdir()
    shutil.move(volumes[1], tmp_path / "ailleurs")

    assert opened(volumes[0]) == {0}


def test_what_is_no_volume_is_passed_over(volumes, tmp_path):
    (tmp_path / "empty.pack").write_bytes(b"")
    (tmp_path / "text.pack").write_text("bonjour" * 100)
    (tmp_path / ".hidden.pack").write_bytes(volumes[1].read_bytes())
    (tmp_path / "link.pack").symlink_to(volumes[1])
    (tmp_path / "folder.pack").mkdir()
    other = tmp_path / "other.pack"
    other.write_bytes(other.read_bytes()[:-1000])

    assert opened(volumes[0]) == {0, 1}


@pytest.mark.parametrize("cut", [0, 1])
def test_a_volume_that_was_cut_short_is_a_fault(volumes, cut):
    volumes[cut].write_bytes(volumes[cut].read_bytes()[:-10])

    with pytest.raises(PackSizeError):
        open_with_volumes(volumes[0], trusted=TRUSTED)
