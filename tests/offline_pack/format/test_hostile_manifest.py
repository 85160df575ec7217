"""Well-signed manifests that lie: each is refused, and says where."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from offline_pack.format import strictjson
from offline_pack.format.compression import PATCH_MAX
from offline_pack.format.errors import (
    ManifestError,
    MetaTooLargeError,
    NotAPackError,
    PackFormatError,
    PackSizeError,
    StrictJSONError,
    UnsupportedVersionError,
)
from offline_pack.format.paths import fault_in, folded
from offline_pack.format.reader import PackReader
from tests.offline_pack.format.building import TRUSTED, build, hostile_pack, manifest_document


@pytest.fixture
def document(tmp_path):
    """The manifest of an honest pack, to be spoilt."""
    return manifest_document(build(tmp_path / "good.pack").path)


@pytest.fixture
def refusal(tmp_path, document):
    """What a reader says to the spoilt manifest."""

    def read(manifest: bytes | None = None) -> PackFormatError:
        data = strictjson.canonical(document) if manifest is None else manifest
        path = hostile_pack(tmp_path / "hostile.pack", data, tail=bytes(300_000))
        with pytest.raises(PackFormatError) as caught:
            PackReader.open(path, trusted=TRUSTED)
        return caught.value

    return read


def largest(document):
    return max(document["blobs"], key=lambda blob: blob["n"])


@pytest.mark.parametrize("size", [2**53, 2**63, 2**64, -1, True, "9", None, 1.5])
def test_a_size_that_cannot_be_is_refused(document, refusal, size):
    largest(document)["n"] = size

    assert isinstance(refusal(), ManifestError)


@pytest.mark.parametrize("offset", [2**62, 10**9, 0, 100])
def test_an_offset_outside_the_blobs_is_refused(document, refusal, offset):
    largest(document)["at"][0][1] = offset

    assert isinstance(refusal(), ManifestError)


def test_two_blobs_at_the_same_place_are_refused(document, refusal):
    raw = [blob for blob in document["blobs"] if blob["s"]]
    raw[0]["at"][0][1] = raw[1]["at"][0][1] + 1

    assert "taken twice" in refusal().reason


def test_a_blob_on_a_volume_that_is_not_there_is_refused(document, refusal):
    largest(document)["at"][0][0] = 1

    assert "no volume 1" in refusal().reason


@pytest.mark.parametrize(
    "pieces",
    [[], [[0, 1]], [[0, 1, 2, 3]], [["0", 1, 2]], [[0, True, 2]], {}, [[0, 9999, 1]] * 65],
)
def test_pieces_of_another_shape_are_refused(document, refusal, pieces):
    largest(document)["at"] = pieces

    assert ".at" in refusal().where


def test_lying_totals_are_refused(document, refusal):
    document["totals"]["raw"] += 1

    assert refusal().where == "totals.raw"


def test_a_raw_blob_of_two_sizes_is_refused(document, refusal):
    blob = largest(document)
    blob["n"] += 1
    document["totals"]["raw"] += 1
    document["totals"]["max_blob"] += 1

    assert refusal().where.endswith(".s")


@pytest.mark.parametrize("change", ["double", "swap", "orphan", "unknown", "no course"])
def test_tables_that_do_not_agree_are_refused(document, refusal, change):
    if change == "double":
        document["blobs"].insert(0, document["blobs"][0])
    elif change == "swap":
        document["blobs"][:2] = reversed(document["blobs"][:2])
    elif change == "orphan":
        document["files"].pop()
        document["files"] = [file for file in document["files"] if file["p"] == "course.json"]
    elif change == "unknown":
        document["files"][0]["b"] = "f" * 64
    else:
        document["course"] = "e" * 64
    document["totals"] |= {
        "files": len(document["files"]),
        "blobs": len(document["blobs"]),
        "raw": sum(blob["n"] for blob in document["blobs"]),
        "stored": sum(blob["s"] for blob in document["blobs"]),
    }

    assert isinstance(refusal(), ManifestError)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../outside",
        "a/../../b",
        "a//b",
        "./a",
        "a/.",
        "C:/windows",
        "//server/share",
        "a\\b",
        "con",
        "media/NUL.txt",
        "lpt1.webp",
        "a\x00b",
        "a\nb",
        "a\x85b",
        "espace /b",
        "point./b",
        "e\u0301te\u0301",  # é, not in NFC
        "x" * 201,
        "é" * 101,
        "a*b",
    ],
)
def test_a_dangerous_path_is_refused(document, refusal, path):
    document["files"][0]["p"] = path

    assert isinstance(refusal(), ManifestError)


@pytest.mark.parametrize(("one", "other"), [("Été.webp", "éTÉ.webp"), ("straße", "STRASSE")])
def test_paths_that_some_disk_would_confuse_are_refused(document, refusal, one, other):
    document["files"][0]["p"] = one
    document["files"][1]["p"] = other

    assert refusal().reason == "the path stands twice"


@pytest.mark.parametrize(
    "path", ["course.json", "média/fiche 1.pdf", "contenu/بيانات.json", "com"]
)
def test_an_ordinary_path_is_fine(path):
    assert fault_in(path) is None
    assert folded(path) == folded(path.upper())


@pytest.mark.parametrize("literal", [b"NaN", b"Infinity", b"-Infinity", b"1e3", b"1.0", b"-5"])
def test_numbers_that_are_no_counts_are_refused(document, refusal, literal):
    text = strictjson.canonical(document).replace(b'"rev":3', b'"rev":' + literal)

    assert isinstance(refusal(text), ManifestError)


def test_a_key_twice_is_refused(document, refusal):
    text = strictjson.canonical(document).replace(b'"rev":3', b'"rev":3,"rev":4')

    assert "twice" in refusal(text).reason


def test_json_nested_a_hundred_thousand_deep_is_refused(refusal):
    error = refusal(b"[" * 100_000 + b"]" * 100_000)

    assert "nested" in error.reason


def test_json_with_a_million_values_is_refused_without_building_them(refusal):
    bomb = b'{"a":[' + b"[]," * 2_000_000 + b"[]]}"
    tracemalloc.start()

    error = refusal(bomb)

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "values" in error.reason
    assert peak < 60 * 1024 * 1024


@pytest.mark.parametrize("text", [b"", b"[]", b'"x"', b"{", b"\xff\xfe", b"\xef\xbb\xbf{}"])
def test_what_is_no_json_object_is_refused(refusal, text):
    assert isinstance(refusal(text), ManifestError)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(StrictJSONError):
        strictjson.loads(b'{"a":"\\ud800"}', max_size=100)

    assert strictjson.loads(b'{"a":"\\ud83d\\ude00"}', max_size=100) == {"a": "\U0001f600"}


@pytest.mark.parametrize("key", ["pack", "rev", "prev", "base", "title", "groups", "volumes"])
def test_a_missing_key_is_refused(document, refusal, key):
    del document[key]

    assert key in refusal().where


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pack", "../../etc"),
        ("pack", "5B0E6F5E-8A3C-4A10-9A55-0D9B6C0F1A01"),
        ("released_at", "hier"),
        ("title", {"fr": "a\x07b"}),
        ("title", {"fr": ""}),
        ("title", {}),
        ("default_lang", "en"),
        ("langs", []),
        ("langs", ["fr", "fr"]),
        ("groups", [{"id": "core"}, {"id": "core"}]),
        ("groups", [{"id": "core", "optional": 1}]),
        ("volumes", []),
        ("volumes", [True]),
        ("prev", {"rev": 3, "manifest_sha256": "0" * 64}),
        ("requires", {"course_schema": ["1"]}),
        ("requires", {"edge": {"min": "one"}}),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(document, refusal, key, value):
    document[key] = value

    assert key in refusal().where


def test_another_format_and_a_newer_version_are_told_apart(document, refusal):
    document["v"] = 2
    newer = refusal()
    document["format"] = "other"
    other = refusal()

    assert isinstance(newer, UnsupportedVersionError)
    assert isinstance(other, NotAPackError)


def test_a_feature_from_the_future_is_named(document, refusal):
    document["critical"] = ["zstd", "telepathy"]

    assert refusal().features == ("telepathy",)


def test_compression_that_is_not_announced_is_refused(document, refusal):
    document["critical"] = []

    assert refusal().where == "critical"


def test_unknown_keys_are_passed_over(tmp_path, document):
    document["volumes"] = [0]
    document["x-note"] = {"for": "later"}
    path = hostile_pack(tmp_path / "hostile.pack", strictjson.canonical(document))

    with pytest.raises(ManifestError) as caught:
        PackReader.open(path, trusted=TRUSTED)

    assert "beyond the end" in caught.value.reason  # it came as far as the pieces


@pytest.mark.parametrize(
    ("key", "value"),
    [("volumes", [10**7, 10**7]), ("base", {"rev": 2, "manifest_sha256": "0" * 64})],
)
def test_a_feature_that_is_used_must_be_announced(document, refusal, key, value):
    document[key] = value

    assert refusal().where == "critical"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"x": "0" * 64, "n": 0}, "blobs[0].n"),
        ({"x": "0" * 64, "n": PATCH_MAX + 1}, "blobs[0].n"),
        ({"x": "short"}, "blobs[0].x"),
        ({}, "blobs[0].x"),
    ],
)
def test_a_patch_that_cannot_be_is_refused(document, refusal, change, where):
    document["critical"] = ["base", "zpatch", "zstd"]
    document["base"] = {"rev": 2, "manifest_sha256": "0" * 64}
    document["blobs"][0] |= {"e": "zpatch"} | change

    assert refusal().where == where


def test_a_patch_on_itself_is_refused(document, refusal):
    document["critical"] = ["base", "zpatch", "zstd"]
    document["base"] = {"rev": 2, "manifest_sha256": "0" * 64}
    blob = largest(document)
    blob |= {"e": "zpatch", "x": blob["h"]}

    assert refusal().where.endswith(".x")


def test_a_patch_without_a_base_release_is_refused(document, refusal):
    document["critical"] = ["zpatch", "zstd"]
    largest(document).update({"e": "zpatch", "x": "0" * 64})

    assert refusal().where == "base"


def test_the_pieces_of_a_split_blob_have_hashes(document, refusal):
    document["critical"] = ["volumes", "zstd"]
    blob = largest(document)
    ((volume, offset, length),) = blob["at"]
    blob["at"] = [[volume, offset, 10], [volume, offset + 10, length - 10]]

    assert refusal().where.endswith(".at")


def test_a_manifest_of_two_gigabytes_is_not_read(tmp_path, document):
    path = hostile_pack(tmp_path / "hostile.pack", json.dumps(document).encode())
    content = bytearray(path.read_bytes())
    content[18:26] = (2**31).to_bytes(4, "little") * 2
    path.write_bytes(content)

    with pytest.raises(MetaTooLargeError):
        PackReader.open(path, trusted=TRUSTED)


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>Connectez-vous</html>" * 9])
def test_what_is_no_pack_is_said_so(tmp_path, content):
    path = tmp_path / "odd.pack"
    path.write_bytes(content)

    with pytest.raises((NotAPackError, PackSizeError)):
        PackReader.open(path, trusted=TRUSTED)
