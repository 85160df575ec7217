"""A pack in several files: in any order, from any stick; a blob larger than one is split."""

from __future__ import annotations

import random
import subprocess
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_pack.format.errors import (
    BlobDamagedError,
    ForeignVolumeError,
    PackDamagedError,
    PackSizeError,
    VolumeSizeError,
    VolumesMissingError,
)
from offline_pack.format.reader import PackReader
from offline_pack.format.writer import build_pack
from tests.offline_pack.format.building import (
    COURSE,
    KEY,
    TRUSTED,
    change_byte,
    files,
    inputs,
    noise,
    pack_file,
    sha256,
)

SIZE = 90_000  # bytes: the film of 200,000 needs three volumes


def build(folder, *, listed=None, size=SIZE, **changes):
    return build_pack(
        folder / "cours.pack",
        inputs=inputs(**changes),
        files=listed or files(),
        key=KEY,
        volume_size=size,
    )


def read_all(pack):
    return {blob.sha256: b"".join(pack.open_blob(blob.sha256)) for blob in pack.manifest.blobs}


@pytest.fixture
def built(tmp_path):
    return build(tmp_path)


def test_no_volume_is_larger_than_asked(built):
    sizes = [path.stat().st_size for path in built.paths]

    assert len(sizes) > 2
    assert max(sizes) <= SIZE
    assert built.manifest.volumes == tuple(sizes)
    assert [path.name for path in built.paths[:2]] == ["cours.pack", "cours.2.pack"]


def test_every_volume_carries_the_same_head(built):
    heads = set()

    for path in built.paths:
        with PackReader.open(path, trusted=TRUSTED) as pack:
            heads.add((pack.meta.manifest, pack.meta.envelope))

    assert len(heads) == 1


def test_any_zip_tool_opens_each_volume(built):
    for path in built.paths:
        with zipfile.ZipFile(path) as opened:
            assert opened.testzip() is None
        result = subprocess.run(["unzip", "-t", str(path)], capture_output=True, check=False)
        assert result.returncode == 0, result.stdout


def test_volumes_come_in_any_order(built):
    for seed in range(5):
        paths = list(built.paths)
        random.Random(seed).shuffle(paths)  # noqa: S311

        with PackReader.open(paths[0], trusted=TRUSTED) as pack:
            for path in paths[1:]:
                pack.add_volume(path)
            found = read_all(pack)

        assert found == {file.sha256: file.open().read() for file in files()}


def test_the_same_volume_twice_changes_nothing(built):
    with PackReader.open(built.paths[0], trusted=TRUSTED) as pack:
        number = pack.add_volume(built.paths[0])

        assert number == 0
        assert pack.volumes == {0}
        assert pack.read_blob(sha256(COURSE), limit=1000) == COURSE


def test_a_blob_elsewhere_is_not_at_hand(built):
    film = sha256(noise(200_000, seed=2))

    with PackReader.open(built.paths[0], trusted=TRUSTED) as pack:
        at_hand = pack.is_at_hand(pack.entry(film))
        with pytest.raises(VolumesMissingError) as caught:
            list(pack.open_blob(film))

    assert not at_hand
    assert caught.value.total == len(built.paths)


def test_a_volume_of_another_pack_is_refused(built, tmp_path):
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other", rev=4)

    with PackReader.open(built.paths[0], trusted=TRUSTED) as pack:
        with pytest.raises(ForeignVolumeError):
            pack.add_volume(other.paths[1])

        assert pack.volumes == {0}


def test_a_volume_cut_short_is_refused(built):
    path = built.paths[1]
    path.write_bytes(path.read_bytes()[:-1])

    with PackReader.open(built.paths[0], trusted=TRUSTED) as pack, pytest.raises(PackSizeError):
        pack.add_volume(path)


def test_a_volume_that_calls_itself_another_is_found_out(built):
    marker = b'{"volume":1}'
    path = built.paths[1]
    path.write_bytes(path.read_bytes().replace(marker, b'{"volume":2}', 1))

    with (
        PackReader.open(built.paths[0], trusted=TRUSTED) as pack,
        pytest.raises((PackSizeError, PackDamagedError)),
    ):
        pack.add_volume(path)
        pack.verify()


def test_each_piece_can_be_checked_for_itself(built):
    film = sha256(noise(200_000, seed=2))
    entry = next(blob for blob in built.manifest.blobs if blob.sha256 == film)
    number = len(entry.at) - 1
    piece = entry.at[number]
    path = built.paths[piece.volume]

    with PackReader.open(path, trusted=TRUSTED) as pack:
        good = b"".join(pack.open_piece(film, number))
        change_byte(path, piece.offset + 5)
        with pytest.raises(BlobDamagedError):
            list(pack.open_piece(film, number))
        with pytest.raises(PackDamagedError) as caught:
            pack.verify()

    assert good == noise(200_000, seed=2)[-len(good) :]
    assert film in caught.value.damaged


def test_one_volume_can_be_verified_alone(built):
    for path in built.paths:
        with PackReader.open(path, trusted=TRUSTED) as pack:
            pack.verify()


def test_the_same_release_gives_the_same_volumes(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()

    first, second = build(one), build(two, listed=list(reversed(files())))

    assert [path.read_bytes() for path in first.paths] == [
        path.read_bytes() for path in second.paths
    ]


def test_volumes_too_small_for_anything_are_refused(tmp_path):
    with pytest.raises(VolumeSizeError) as caught:
        build(tmp_path, size=10_000)

    assert caught.value.size == 10_000
    assert list(tmp_path.glob("*.pack*")) == list(tmp_path.glob(".*")) == []


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300_000), min_size=1, max_size=12),
    size=st.integers(80_000, 400_000),
)
def test_whatever_the_sizes_everything_comes_back(tmp_path_factory, sizes, size):
    folder = tmp_path_factory.mktemp("volumes")
    listed = [pack_file("course.json", COURSE, "application/json")]
    listed += [
        pack_file(f"media/{number}.bin", noise(length, seed=number))
        for number, length in enumerate(sizes)
    ]

    built = build(folder, listed=listed, size=size)

    assert all(path.stat().st_size <= size for path in built.paths)
    with PackReader.open(built.paths[-1], trusted=TRUSTED) as pack:
        for path in built.paths[:-1]:
            pack.add_volume(path)
        assert read_all(pack) == {file.sha256: file.open().read() for file in listed}
