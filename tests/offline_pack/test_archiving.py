"""Copies of the centre's database, and what they make durable."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from lms.models import Epoch, Statement
from offline_pack import archiving
from offline_pack.archiving import back_up, mark_durable
from offline_pack.conf import data_folder
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.errors import BackupDamagedError, BackupPlaceError
from tests.offline_pack.sync.devices import RemoteDevice, post

pytestmark = pytest.mark.django_db(transaction=True)


def told(device: RemoteDevice, learner, times: int = 1) -> dict:
    for _ in range(times):
        device.records(learner.pk)
    return post(device.body(), key=device.key).document


def test_what_the_copy_holds_is_durable_and_the_device_is_told(device, learner, tmp_path):
    told(device, learner, 3)

    backup = back_up(tmp_path)
    done = mark_durable(backup.path)

    answer = told(device, learner)
    with closing(sqlite3.connect(backup.path)) as copy:
        held = copy.execute("SELECT count(*) FROM yelen_lms_statement").fetchone()
    assert held == (3,)
    assert (done.facts, done.other_story) == (3, 0)
    assert (answer["stored"], answer["durable"]) == (4, 3)


def test_nothing_is_durable_before_a_copy_is_away(device, learner):
    assert told(device, learner)["durable"] == 0


def test_an_older_copy_takes_nothing_back(device, learner, tmp_path):
    told(device, learner)
    older = back_up(tmp_path)
    told(device, learner)
    mark_durable(back_up(tmp_path).path)

    done = mark_durable(older.path)

    assert done.facts == 2


def test_facts_set_aside_are_in_the_copy_too(device, learner, tmp_path):
    device.lines.append(b"{")
    told(device, learner)
    older = back_up(tmp_path).path
    device.lines.append(b"}")
    told(device, learner)

    done = mark_durable(older)

    assert (done.facts, done.other_story) == (2, 0)


def test_a_copy_of_another_story_marks_nothing(device, learner, tmp_path):
    told(device, learner, 2)
    copy = back_up(tmp_path).path
    Statement.objects.all().delete()
    Epoch.objects.update(last_sequence=1, last_hash=bytes(32))

    with pytest.raises(CommandError, match="1 streams"):
        call_command("mark_durable", backup=copy)

    assert Epoch.objects.get().durable == 0


def test_a_damaged_copy_is_refused(device, learner, tmp_path):
    told(device, learner)
    path = back_up(tmp_path).path
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = os.urandom(4096 * 3)
    path.write_bytes(content)

    with pytest.raises(BackupDamagedError):
        mark_durable(path)

    assert Epoch.objects.get().durable == 0


@pytest.mark.parametrize("content", [b"", b"not a database"])
def test_what_is_no_copy_is_refused(transactional_db, tmp_path, content):
    path = tmp_path / "copy.sqlite3"
    path.write_bytes(content)

    with pytest.raises(BackupDamagedError):
        mark_durable(path)


@pytest.mark.parametrize("where", ["missing", "inside"])
def test_a_copy_goes_outside_the_data_into_a_folder_that_is_there(
    transactional_db, tmp_path, where
):
    folder = tmp_path / "missing" if where == "missing" else data_folder()

    with pytest.raises(BackupPlaceError):
        back_up(folder)


def test_a_copy_that_fails_leaves_no_file(transactional_db, tmp_path, monkeypatch):
    monkeypatch.setattr(archiving, "_flush", _fail)

    with pytest.raises(OSError, match="no space"):
        back_up(tmp_path)

    assert list(tmp_path.glob("yelen-*")) == []


@pytest.mark.parametrize(
    ("elsewhere", "last"),
    [(True, "backup: 2 facts durable"), (False, "backup: done, nothing marked durable")],
)
def test_the_command_marks_only_what_is_on_another_disk(
    device, learner, tmp_path, capsys, monkeypatch, elsewhere, last
):
    told(device, learner, 2)
    whole = archiving.back_up
    monkeypatch.setattr(
        "offline_pack.management.commands.backup.back_up",
        lambda folder: archiving.Backup(whole(folder).path, is_elsewhere=elsewhere),
    )

    call_command("backup", folder=tmp_path)

    assert capsys.readouterr().out.splitlines()[-1] == last
    assert Epoch.objects.get().durable == (2 if elsewhere else 0)


def test_a_batch_is_taken_while_nothing_is_durable_yet(device, learner):
    device.records(learner.pk)

    assert accept_batch(device.batch(), device=device.row).durable == 0


def _fail(_path):
    raise OSError("no space")
