"""Learners can always write: packs leave room, and on a full disk some is given up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.http import HttpResponseServerError
from django.utils import translation

from offline_pack import reserve
from offline_pack.errors import NotEnoughSpaceError
from offline_pack.middleware import RoomToWrite
from offline_pack.reserve import (
    ballast_path,
    check_reserve,
    give_ballast_back,
    is_disk_full,
    is_full_error,
    keep_ballast,
)

ROOT = Path(__file__).parents[2]
BALLAST = 4 * 1024 * 1024


@pytest.fixture(autouse=True)
def small_ballast(settings):
    settings.YELEN_BALLAST_BYTES = BALLAST


@pytest.fixture
def disk(monkeypatch):
    """Set ``disk.free`` to what the disk shall say."""
    said = SimpleNamespace(free=10 * BALLAST)
    monkeypatch.setattr(reserve, "free_bytes", lambda: said.free)
    return said


def test_nothing_is_written_into_the_reserve(settings, data_dir):
    settings.YELEN_RESERVE_BYTES = 10**15

    with pytest.raises(NotEnoughSpaceError) as caught:
        check_reserve(5, folder=data_dir)

    assert caught.value.needed == 10**15 + 5 > caught.value.free
    settings.YELEN_RESERVE_BYTES = 1
    check_reserve(5, folder=data_dir)


def test_the_ballast_is_real_room(data_dir):
    assert keep_ballast()

    held = (data_dir / "reserve").stat()
    assert (held.st_size, held.st_blocks * 512 >= BALLAST) == (BALLAST, True)
    assert not is_disk_full()


def test_a_ballast_half_made_is_made_anew(data_dir):
    (data_dir / "reserve").write_bytes(b"half")

    keep_ballast()

    assert ballast_path().stat().st_size == BALLAST


def test_it_is_given_up_on_a_full_disk_and_taken_back_when_there_is_room(disk):
    keep_ballast()

    disk.free = BALLAST // 4 - 1
    assert not keep_ballast()
    assert is_disk_full()

    disk.free = BALLAST + BALLAST // 4  # what it gave: not enough to take it back
    assert not keep_ballast()
    assert is_disk_full()

    disk.free = 2 * BALLAST
    assert keep_ballast()
    assert not is_disk_full()


def test_it_can_be_given_up_once():
    keep_ballast()

    assert give_ballast_back() is True
    assert give_ballast_back() is False


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("database or disk is full"), True),
        (OperationalError("database is locked"), False),
        (OSError("No space left on device"), False),
    ],
)
def test_only_the_database_for_want_of_room(error, expected):
    assert is_full_error(error) is expected


def test_an_error_of_another_kind_gives_nothing_up(rf):
    keep_ballast()
    middleware = RoomToWrite(lambda _request: None)

    assert middleware.process_exception(rf.post("/"), OperationalError("locked")) is None
    assert ballast_path().exists()


@pytest.mark.parametrize(("free", "status"), [(BALLAST // 4 - 1, 507), (BALLAST, 500)])
def test_a_fault_on_a_full_disk_is_told_as_a_full_disk(disk, rf, free, status):
    guarded = {"Content-Security-Policy": "default-src 'self'", "Content-Length": "7"}
    fault = HttpResponseServerError(b"a fault", headers=guarded)
    middleware = RoomToWrite(lambda _request: fault)
    disk.free = free

    with translation.override("en"):
        answer = middleware(rf.get("/"))

    assert answer.status_code == status
    assert answer["Content-Security-Policy"] == "default-src 'self'"
    assert ("Content-Length" in answer) is (status == 500)
    assert (b"The disk of this server is full" in answer.content) is (status == 507)


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 40 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill_up(folder, how):
    done = subprocess.run(
        [sys.executable, "-m", "tests.offline_pack.full_disk", how],
        cwd=ROOT,
        env=os.environ
        | {
            "YELEN_DATA_DIR": str(folder),
            "YELEN_BALLAST_BYTES": str(BALLAST),
            "DJANGO_SETTINGS_MODULE": "cms.settings.telecentre",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["before", "during"])
def test_an_answer_is_recorded_on_a_disk_filled_to_the_brim(small_disk, how):
    told = fill_up(small_disk, how)

    assert told == {
        "free": 0,
        "status": 302,
        "answers": 1,
        "has_ballast": False,
        "is_full": True,
        "has_ballast_again": True,
        "later": False,
    }


@pytest.mark.slow
def test_without_the_ballast_that_answer_would_be_lost(small_disk):
    told = fill_up(small_disk, "bare")

    assert (told["status"], told["answers"]) == (507, 0)
