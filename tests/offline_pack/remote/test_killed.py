"""``kill -9`` while a pack is fetched: the next run goes on where it stopped."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offline_pack.format.signing import PACKS
from offline_pack.making.exporter import export_pack
from offline_pack.remote.client import CHUNK
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY

ROOT = Path(__file__).parents[3]


def start(folder, *arguments):
    environment = {
        "YELEN_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "cms.settings.telecentre",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process):
    error = process.communicate(timeout=120)[1]
    assert process.returncode == 0, error


@pytest.mark.slow
def test_a_killed_download_fetches_no_more_than_a_chunk_twice(server, db, tmp_path):
    folder = tmp_path / "telecentre"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / f"{PACKS}.key").write_text(KEY.seed.hex())
    course = courses.publish(film=3_000_000)
    size = export_pack(course, to=server.folder / "cours.pack", key=KEY).size
    finish(start(folder, "migrate", "-v0"))
    server.manners.bytes_a_second = 400_000
    chance, kills = random.Random(5), 4  # noqa: S311

    for _ in range(kills):
        sent = server.sent
        process = start(folder, "import_pack", server.address("cours.pack"))
        while server.sent < sent + chance.randrange(100_000, 500_000):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    server.manners.bytes_a_second = 0
    finish(start(folder, "import_pack", server.address("cours.pack")))

    assert server.sent <= size + kills * CHUNK
    with sqlite3.connect(folder / "db.sqlite3") as database:
        rows = database.execute("SELECT version FROM yelen_courses_course").fetchall()
    assert rows == [(course.version,)]
