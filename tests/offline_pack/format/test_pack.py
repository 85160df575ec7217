"""What is packed comes out again; what was touched does not."""

from __future__ import annotations

import os
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_pack.format import archive
from offline_pack.format.errors import (
    BadSignatureError,
    BlobDamagedError,
    PackDamagedError,
    PackFormatError,
    PackReadError,
    PackSizeError,
    RevokedKeyError,
    SourceMismatchError,
    UnknownKeyError,
    UnsafeFileError,
    WrongPurposeError,
)
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import PACKS, SYNC, TrustedKeys, VerifyingKey
from offline_pack.format.storing import PackFile
from offline_pack.format.writer import build_pack
from tests.offline_pack.format.building import (
    COURSE,
    KEY,
    OTHER_KEY,
    TRUSTED,
    build,
    change_byte,
    files,
    inputs,
    noise,
    pack_file,
    sha256,
)


@pytest.fixture
def pack(tmp_path):
    return build(tmp_path / "cours.pack")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    return build(tmp_path_factory.mktemp("pack") / "cours.pack")


def test_every_blob_comes_out_as_it_went_in(pack):
    with PackReader.open(pack.path, trusted=TRUSTED) as reader:
        found = {
            blob.sha256: b"".join(reader.open_blob(blob.sha256)) for blob in reader.manifest.blobs
        }

    assert found == {file.sha256: file.open().read() for file in files()}


def test_manifest_says_what_was_packed(pack):
    with PackReader.open(pack.path, trusted=TRUSTED) as reader:
        manifest = reader.manifest

    assert manifest.rev == 3
    assert manifest.released_at == datetime(2026, 2, 3, 10, 30, tzinfo=UTC)
    assert manifest.title_in("so") == "Maintenance informatique"
    assert manifest.course == sha256(COURSE)
    assert manifest.totals.blobs == 5
    assert manifest.totals.files == 6
    assert manifest == pack.manifest


def test_verify_reports_progress_to_the_last_byte(pack):
    seen = []

    with PackReader.open(pack.path, trusted=TRUSTED) as reader:
        reader.verify(lambda done, total: seen.append((done, total)))

    assert seen[-1] == (pack.manifest.totals.raw, pack.manifest.totals.raw)


def test_the_same_release_gives_the_same_bytes(tmp_path):
    one = build(tmp_path / "one.pack")
    shuffled = list(reversed(files()))

    other = build_pack(tmp_path / "other.pack", inputs=inputs(), files=shuffled, key=KEY)

    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.manifest_sha256 == other.manifest_sha256


def test_any_zip_tool_opens_a_pack(pack):
    with zipfile.ZipFile(pack.path) as opened:
        fault = opened.testzip()
        names = opened.namelist()
        picture = opened.read(f"blobs/{sha256(noise(5_000))}")

    assert fault is None
    assert names[:3] == ["META/pack.json", "META/pack.sig", "META/LISEZMOI.txt"]
    assert names[3] == f"blobs/{sha256(COURSE)}"
    assert names[4:] == sorted(names[4:])
    assert picture == noise(5_000)


def test_unzip_finds_no_fault(pack):
    result = subprocess.run(["unzip", "-t", str(pack.path)], capture_output=True, check=False)

    assert result.returncode == 0, result.stdout


def test_large_blobs_start_on_a_block(pack):
    large = [blob for blob in pack.manifest.blobs if blob.stored >= archive.ALIGN_FROM]

    assert len(large) == 1
    assert all(blob.at[0].offset % archive.ALIGNMENT == 0 for blob in large)


def test_text_is_compressed_and_pictures_are_not(pack):
    encodings = {blob.sha256: blob.encoding for blob in pack.manifest.blobs}

    assert encodings[sha256(b"<p>Bonjour</p>" * 10_000)] == "zstd"
    assert encodings[sha256(noise(5_000))] == "raw"
    assert pack.manifest.critical == ("zstd",)


def test_text_that_does_not_compress_stays_as_it_is(tmp_path):
    stubborn = pack_file("media/bruit.txt", noise(5_000, seed=7), "text/plain")
    course = pack_file("course.json", COURSE, "video/mp4")

    built = build_pack(tmp_path / "cours.pack", inputs=inputs(), files=[course, stubborn], key=KEY)

    assert {blob.encoding for blob in built.manifest.blobs} == {"raw"}
    assert built.manifest.critical == ()


def test_building_refuses_a_source_that_changed(tmp_path):
    lying = [
        PackFile(file.path, file.sha256, file.size, file.media_type, pack_file("x", b"?" * 9).open)
        if file.path == "media/video.mp4"
        else file
        for file in files()
    ]

    with pytest.raises(SourceMismatchError):
        build_pack(tmp_path / "cours.pack", inputs=inputs(), files=lying, key=KEY)

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("region", ["manifest", "signature", "blob"])
def test_one_changed_byte_is_refused_wherever_it_is(pristine, tmp_path, region):
    good = pristine.path.read_bytes()
    for offset in offsets_in(pristine, region):
        for flip in (0x01, 0x20, 0x80):
            path = tmp_path / "changed.pack"
            path.write_bytes(good)
            change_byte(path, offset, flip=flip)

            with pytest.raises(PackFormatError):
                check(path)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_changed_byte_of_any_blob_is_refused(pristine, tmp_path, data):
    blob = data.draw(st.sampled_from([b for b in pristine.manifest.blobs if b.stored]))
    offset = blob.at[0].offset + data.draw(st.integers(0, blob.stored - 1))
    path = tmp_path / "changed.pack"
    path.write_bytes(pristine.path.read_bytes())
    change_byte(path, offset, flip=data.draw(st.integers(1, 255)))

    with pytest.raises(PackDamagedError) as caught:
        check(path)

    assert caught.value.damaged == (blob.sha256,)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_pack_cut_short_anywhere_is_refused(pristine, tmp_path, data):
    good = pristine.path.read_bytes()
    path = tmp_path / "short.pack"
    path.write_bytes(good[: data.draw(st.integers(0, len(good) - 1))])

    with pytest.raises(PackFormatError):
        check(path)


def test_a_pack_cut_short_says_how_much_is_missing(pack):
    whole = pack.path.stat().st_size
    os.truncate(pack.path, whole - 1)

    with pytest.raises(PackSizeError) as caught:
        PackReader.open(pack.path, trusted=TRUSTED)

    assert (caught.value.expected, caught.value.actual) == (whole, whole - 1)


def test_a_pack_with_something_behind_it_is_refused(pack):
    with pack.path.open("ab") as opened:
        opened.write(b"more")

    with pytest.raises(PackSizeError):
        PackReader.open(pack.path, trusted=TRUSTED)


def test_a_damaged_blob_is_found_while_it_is_read(pack):
    video = next(blob for blob in pack.manifest.blobs if blob.stored == 200_000)
    change_byte(pack.path, video.at[0].offset + 100)

    with PackReader.open(pack.path, trusted=TRUSTED) as reader, pytest.raises(BlobDamagedError):
        list(reader.open_blob(video.sha256))


def test_an_unknown_key_is_refused(tmp_path):
    pack = build(tmp_path / "cours.pack", key=OTHER_KEY)

    with pytest.raises(UnknownKeyError) as caught:
        PackReader.open(pack.path, trusted=TRUSTED)

    assert caught.value.key_ids == (OTHER_KEY.key_id,)


def test_a_revoked_key_is_refused(pack):
    day = datetime(2026, 5, 1, tzinfo=UTC)
    trusted = TrustedKeys([VerifyingKey(KEY.public, PACKS, revoked_at=day)])

    with pytest.raises(RevokedKeyError) as caught:
        PackReader.open(pack.path, trusted=trusted)

    assert caught.value.revoked_at == day


def test_a_key_for_something_else_is_refused(pack):
    trusted = TrustedKeys([VerifyingKey(KEY.public, SYNC)])

    with pytest.raises(WrongPurposeError):
        PackReader.open(pack.path, trusted=trusted)


def test_nothing_is_parsed_before_the_signature_is_good(pack, monkeypatch):
    monkeypatch.setattr("offline_pack.format.reader.parse_manifest", None)
    change_byte(pack.path, 100)

    with pytest.raises(BadSignatureError):
        PackReader.open(pack.path, trusted=TRUSTED)


def test_a_symbolic_link_is_refused(pack, tmp_path):
    link = tmp_path / "link.pack"
    link.symlink_to(pack.path)

    with pytest.raises(UnsafeFileError):
        PackReader.open(link, trusted=TRUSTED)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_only_an_ordinary_file_is_opened(tmp_path, make):
    path = tmp_path / "odd.pack"
    make(path)

    with pytest.raises(UnsafeFileError):
        PackReader.open(path, trusted=TRUSTED)


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(PackReadError):
        PackReader.open(tmp_path / "none.pack", trusted=TRUSTED)


def check(path):
    with PackReader.open(path, trusted=TRUSTED) as reader:
        reader.verify()


def offsets_in(pack, region):
    """Places to change: every byte of the signature, samples of the rest."""
    content = pack.path.read_bytes()
    signature_at = content.index(b'{"signatures"')
    signature_end = content.index(b"}]}", signature_at) + 3
    if region == "signature":
        return range(signature_at, signature_end)
    if region == "manifest":
        start = content.index(b'{"base"')
        end = content.index(b"PK\x03\x04", start)
        return [*range(start, end, 41), end - 1]
    return [
        blob.at[0].offset + place
        for blob in pack.manifest.blobs
        if blob.stored
        for place in (0, blob.stored // 2, blob.stored - 1)
    ]
