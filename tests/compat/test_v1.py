"""Packs made by Yelen 0.1 are read, verified and installed (README.md beside this file)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from courses.blobs import read_blob
from courses.models import Course, Lesson
from offline_pack.format.errors import UnsupportedFeatureError
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import PACKS, TrustedKeys, VerifyingKey
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.installing.importer import Arrived, Installed, import_pack
from offline_pack.trust.chain import adopt_trust, held_trust

V1 = Path(__file__).parent / "v1"
FULL = ("full", "volumes", "trust", "tomorrow")
TRUSTED = TrustedKeys(
    [VerifyingKey(bytes.fromhex((V1 / "key.hex").read_text().strip()), PACKS, "Yelen 0.1")]
)


def install(name):
    return import_pack(V1 / f"{name}.pack", trusted=TRUSTED)


def lesson_text():
    return Lesson.objects.current().get().block_documents[0]["html"]


def test_these_files_are_as_they_were_made():
    lines = (V1 / "SHA256SUMS").read_text().splitlines()
    sums = {name: sha256 for sha256, name in (line.split("  ") for line in lines)}

    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in V1.iterdir()}

    assert found.pop("SHA256SUMS")
    assert found == sums


@pytest.mark.parametrize("name", [*FULL, "delta"])
def test_the_manifest_is_read_byte_for_byte(name):
    with PackReader.open(V1 / f"{name}.pack", trusted=TRUSTED) as pack:
        manifest = pack.manifest
        written = json.loads(pack.meta.manifest)

    assert pack.meta.manifest == (V1 / f"{name}.json").read_bytes()
    assert {blob.sha256 for blob in manifest.blobs} == {row["h"] for row in written["blobs"]}
    assert {item.path for item in manifest.files} == {row["p"] for row in written["files"]}
    assert (str(manifest.pack), manifest.rev) == (written["pack"], written["rev"])


@pytest.mark.parametrize("name", FULL)
def test_every_byte_is_verified(name):
    with open_with_volumes(V1 / f"{name}.pack", trusted=TRUSTED) as pack:
        pack.verify()

        assert len(pack.volumes) == (2 if name == "volumes" else 1)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FULL)
def test_a_whole_pack_is_installed(name):
    installed = install(name)

    assert isinstance(installed, Installed)
    rev = 3 if name == "volumes" else 1
    assert (installed.rev, installed.changed) == (rev, True)
    assert Course.objects.get().title == "Maintenance informatique"
    assert lesson_text() == f"<p>Version {rev}</p>"
    for sha256 in Course.objects.get().versions.get().outline().blobs():
        assert read_blob(sha256)


@pytest.mark.django_db
def test_volumes_come_on_different_days(tmp_path):
    answers = []
    for name in ("volumes.2.pack", "volumes.pack"):
        stick = tmp_path / name
        stick.mkdir()
        (stick / name).write_bytes((V1 / name).read_bytes())
        answers.append(import_pack(stick / name, trusted=TRUSTED))

    assert [type(answer) for answer in answers] == [Arrived, Installed]


@pytest.mark.django_db
def test_a_delta_with_patches_is_installed_on_its_base():
    encodings = {row["e"] for row in json.loads((V1 / "delta.json").read_bytes())["blobs"]}
    install("full")

    installed = install("delta")

    assert encodings == {"raw", "zpatch"}
    assert installed.rev == 2
    assert lesson_text() == "<p>Version 2</p>"


@pytest.mark.django_db
def test_the_news_of_keys_is_followed():
    adopt_trust([(V1 / "trust.1.json").read_bytes()])

    install("trust")

    held = held_trust()
    assert held.version == 2
    assert len(held.trust.revoked) == 1


@pytest.mark.django_db
def test_a_feature_of_the_future_is_refused_in_words():
    with pytest.raises(UnsupportedFeatureError) as caught:
        install("critical")

    assert caught.value.features == ("telepathy",)
    assert "newer software" in str(caught.value)
    assert list(Course.objects.all()) == []
