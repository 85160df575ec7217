"""A delta pack: only what changed, as patches where they pay; nothing without its base."""

from __future__ import annotations

import pytest

from offline_pack.format import compression
from offline_pack.format.errors import BaseMissingError, BlobDamagedError
from offline_pack.format.manifest import ZPATCH, ZSTD, Release
from offline_pack.format.reader import PackReader
from offline_pack.format.storing import PackFile, PatchBase
from offline_pack.format.writer import build_pack
from tests.offline_pack.format.building import KEY, TRUSTED, inputs, noise, pack_file, sha256

OLD = noise(200_000, seed=5)
NEW = OLD[:90_000] + b"one more line" + OLD[90_000:]
BASE = PatchBase(sha256(OLD), len(OLD), lambda: OLD)


def patched(content, *bases, path="course.json", media_type="application/json"):
    plain = pack_file(path, content, media_type)
    return PackFile(
        plain.path, plain.sha256, plain.size, plain.media_type, plain.open, bases=bases
    )


def build(folder, *files):
    return build_pack(
        folder / "delta.pack",
        inputs=inputs(course=sha256(NEW), base=Release(2, "0" * 64)),
        files=files,
        key=KEY,
    )


@pytest.fixture
def delta(tmp_path):
    return build(tmp_path, patched(NEW, BASE))


def opened(delta, base):
    pack = PackReader.open(delta.path, trusted=TRUSTED)
    pack.read_base = {sha256(OLD): base}.get
    return pack


def test_a_patch_weighs_what_changed(delta):
    (blob,) = delta.manifest.blobs

    assert blob.encoding == ZPATCH
    assert blob.base == sha256(OLD)
    assert blob.stored < 500
    assert delta.manifest.critical == ("base", "zpatch")
    assert delta.size < 5_000


def test_a_patch_gives_the_new_bytes(delta):
    with opened(delta, OLD) as pack:
        assert pack.read_blob(sha256(NEW), limit=10**6) == NEW


def test_without_its_base_it_says_which_is_missing(delta):
    with opened(delta, None) as pack, pytest.raises(BaseMissingError) as caught:
        pack.read_blob(sha256(NEW), limit=10**6)

    assert caught.value.missing == (sha256(OLD),)
    assert caught.value.rev == 2


def test_a_wrong_base_can_only_fail(delta):
    wrong = bytes(reversed(OLD))

    with opened(delta, wrong) as pack, pytest.raises(BlobDamagedError):
        pack.read_blob(sha256(NEW), limit=10**6)


def test_a_patch_that_does_not_pay_is_not_made(tmp_path):
    unlike = PatchBase(sha256(noise(1000, seed=9)), 1000, lambda: noise(1000, seed=9))

    built = build(tmp_path, patched(NEW, unlike))

    assert built.manifest.blobs[0].encoding == "raw"


def test_the_smallest_of_several_patches_is_taken(tmp_path):
    half = OLD[:100_000]
    worse = PatchBase(sha256(half), len(half), lambda: half)

    built = build(tmp_path, patched(NEW, worse, BASE))

    assert built.manifest.blobs[0].base == sha256(OLD)


def test_what_a_small_reader_cannot_hold_is_not_patched(tmp_path, monkeypatch):
    monkeypatch.setattr(compression, "PATCH_MAX", 100_000)

    built = build(tmp_path, patched(NEW, BASE))

    assert built.manifest.blobs[0].encoding == "raw"


def test_text_without_a_good_base_is_compressed_as_usual(tmp_path):
    text = b"<p>Bonjour</p>" * 5_000
    unlike = PatchBase(sha256(OLD), len(OLD), lambda: OLD)

    built = build(tmp_path, patched(NEW, BASE), patched(text, unlike, path="a.html"))

    encodings = {blob.sha256: blob.encoding for blob in built.manifest.blobs}
    assert encodings[sha256(text)] == ZSTD
