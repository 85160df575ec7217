"""``kill -9`` at every named step: one whole version, old or new; and a retry completes."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3

import pytest

from offline_pack.format.signing import PACKS, SigningKey
from offline_pack.making.exporter import export_pack
from tests.offline_pack import courses
from tests.offline_pack.interrupting import run

KEY = SigningKey(b"\x05" * 32)


@pytest.fixture
def telecentre(tmp_path, db):
    """A telecentre's data folder with version 1 installed, and the pack of version 2."""
    folder = tmp_path / "telecentre"
    packs = []
    for text in ("<p>Un</p>", "<p>Deux</p>"):
        course = courses.publish(text=text)
        packs.append(export_pack(course, to=tmp_path / f"v{course.version}.pack", key=KEY).path)
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / f"{PACKS}.key").write_text(KEY.seed.hex())
    for arguments in (("never", "migrate", "-v0"), ("never", "import_pack", packs[0])):
        assert run(folder, *arguments).returncode == 0
    lost = next(iter(courses.outline().blobs()))
    path = folder / "blobs" / lost[:2] / lost
    path.unlink()  # so that version 2 has more than its course document to stage
    return folder, packs[1]


def version_served(folder):
    with sqlite3.connect(folder / "db.sqlite3") as database:
        ((version,),) = database.execute("SELECT version FROM yelen_courses_course")
        ((text,),) = database.execute("SELECT block_documents FROM yelen_courses_lesson")
        newest = database.execute("SELECT max(rev) FROM yelen_offline_pack_release").fetchone()[0]
    words = {1: "<p>Un</p>", 2: "<p>Deux</p>"}[version]
    assert json.loads(text)[0]["html"] == words
    assert newest == version
    return version


def wrong_names(folder):
    """Blobs in the store whose bytes are not what their name says."""
    return [
        path.name
        for path in (folder / "blobs").glob("[0-9a-f][0-9a-f]/*")
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name
    ]


@pytest.mark.slow
def test_an_import_killed_at_any_step_leaves_one_whole_version(telecentre, tmp_path):
    pristine, pack = telecentre
    steps = {
        "staging": 1,
        "before the first syncfs": 1,
        "between syncfs and rename": 1,
        "between two renames": 1,
        "after the last syncfs": 1,
        "before the commit": 1,
        "after the commit": 2,
    }
    for step, expected in steps.items():
        folder = tmp_path / "cut"
        shutil.copytree(pristine, folder)

        cut = run(folder, step, "import_pack", pack)

        assert cut.returncode == -signal.SIGKILL, (step, cut.stderr)
        assert version_served(folder) == expected, step
        assert wrong_names(folder) == [], step
        retry = run(folder, "never", "import_pack", pack)
        assert retry.returncode == 0, (step, retry.stderr)
        assert version_served(folder) == 2
        assert wrong_names(folder) == []
        assert not (folder / "blobs" / "stage").exists()
        shutil.rmtree(folder)
