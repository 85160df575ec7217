"""``kill -9`` at every step of a collection: files too many, never one too few."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3

import pytest

from offline_pack.format.signing import PACKS
from tests.offline_pack import versions
from tests.offline_pack.format.building import KEY
from tests.offline_pack.interrupting import run

STEPS = (
    "collecting: before the commit",
    "collecting: after the commit",
    "collecting: between two unlinks",
    "collecting: after the last unlink",
)


@pytest.fixture
def telecentre(tmp_path, db):
    """Versions 1, 2 and 3 installed, in a boot that is over."""
    folder = tmp_path / "telecentre"
    packs = versions.packs(tmp_path, count=3)
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / f"{PACKS}.key").write_text(KEY.seed.hex())
    for arguments in (("migrate", "-v0"), *(("import_pack", pack) for pack in packs)):
        done = run(folder, "never", *arguments)
        assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "db.sqlite3") as database:
        database.execute("UPDATE yelen_offline_pack_release SET boot_id = NULL")
    return folder


def stored(folder):
    return {
        path.name
        for path in (folder / "blobs").glob("[0-9a-f][0-9a-f]/*")
        if hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    }


def claimed(folder):
    """What the database says is here: files of kept versions, and all it knows of."""
    with sqlite3.connect(folder / "db.sqlite3") as database:
        known = {name for (name,) in database.execute("SELECT sha256 FROM yelen_courses_blob")}
        kept = database.execute(
            "SELECT r.course_sha256, v.document FROM yelen_offline_pack_release r "
            "JOIN yelen_courses_courseversion v ON v.course_id = r.pack AND v.version = r.rev "
            "WHERE r.is_kept"
        ).fetchall()
    named = {sha256 for _document, text in kept for sha256 in _hashes(json.loads(text))}
    return known | named | {document for document, _text in kept}


def _hashes(document):
    if isinstance(document, dict):
        if "sha256" in document:
            yield document["sha256"]
        document = list(document.values())
    if isinstance(document, list):
        for value in document:
            yield from _hashes(value)


@pytest.mark.slow
def test_a_collection_killed_at_any_step_leaves_nothing_dangling(telecentre, tmp_path):
    for step in STEPS:
        folder = tmp_path / "cut"
        shutil.copytree(telecentre, folder)

        cut = run(folder, step, "collect_garbage", "--short-of-space")

        assert cut.returncode == -signal.SIGKILL, (step, cut.stderr)
        assert claimed(folder) <= stored(folder), step
        retry = run(folder, "never", "collect_garbage", "--short-of-space")
        assert retry.returncode == 0, (step, retry.stderr)
        assert claimed(folder) == stored(folder), step
        assert own_files(folder) == [3]
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_damaged_file_killed_on_its_way_aside_is_noted_at_the_next_check(telecentre):
    path = telecentre / "blobs" / versions.own_file(3)[:2] / versions.own_file(3)
    path.chmod(0o644)
    path.write_bytes(b"rotten")

    cut = run(telecentre, "scrubbing: between moving and noting", "scrub", "--all")

    assert cut.returncode == -signal.SIGKILL, cut.stderr
    assert noted(telecentre) == []
    assert run(telecentre, "never", "scrub").returncode == 0
    assert noted(telecentre) == [versions.own_file(3)]
    assert not path.exists()


def own_files(folder):
    return [n for n in (1, 2, 3) if versions.own_file(n) in stored(folder)]


def noted(folder):
    with sqlite3.connect(folder / "db.sqlite3") as database:
        rows = database.execute("SELECT sha256 FROM yelen_offline_pack_rottenblob")
        return [name for (name,) in rows]
