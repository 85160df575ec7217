"""At a telecentre: boxes onto a stick, and the centre's answer from it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys

import pytest

from lms.models import Epoch
from lms.recording import own_device, own_epoch, start_new_epoch
from offline_pack import stick as stick_module
from offline_pack.box.container import open_box
from offline_pack.box.errors import (
    BoxKeyUnknownError,
)
from offline_pack.box.outgoing import write_boxes
from offline_pack.errors import StickDamagedError, StickFullError, StickMissingError
from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink
from offline_pack.stick import write_checked
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.envelope import decode_batch
from offline_pack.trust.age_keys import own_identity
from offline_pack.trust.keys import own_key


def batches_on(stick):
    identity = own_identity()
    return [
        decode_batch(item.body)
        for path in sorted((stick / "YELEN-OUT").iterdir())
        for item in open_box(path.read_bytes(), identities=[identity], name=path.name)
    ]


def test_a_box_holds_all_that_waits_and_moves_no_cursor(link, record, stick):
    record(3)
    epoch = own_epoch()

    written = write_boxes(stick)

    (batch,) = batches_on(stick)
    slug, device = link.telecentre.slug, own_device().pk.hex
    assert written.names == (f"{slug}-{device}-{epoch.pk.hex[:8]}-1-3.yelenbox",)
    assert written.facts == batch.header.n == 3
    assert batch.header.left == 0
    assert batch.header.to == own_key(SYNC).key_id
    assert waiting_facts() == 3


def test_each_epoch_is_a_box_and_only_the_last_says_that_nothing_is_left(link, record, stick):
    record(3)
    start_new_epoch()
    record(2)

    written = write_boxes(stick)

    assert len(written.names) == 2
    assert sorted(batch.header.left for batch in batches_on(stick)) == [0, 2]


def test_with_nothing_new_an_empty_box_asks_for_news(link, stick):
    written = write_boxes(stick)

    (batch,) = batches_on(stick)
    assert (written.facts, batch.header.n, batch.header.left) == (0, 0, 0)


def test_a_new_box_replaces_those_it_holds_and_no_others(link, record, stick):
    record(2)
    write_boxes(stick)
    foreign = stick / "YELEN-OUT" / "autre-0-0-1-2.yelenbox"
    foreign.write_bytes(b"x")
    record(1)

    written = write_boxes(stick)

    names = {path.name for path in (stick / "YELEN-OUT").iterdir()}
    assert names == {*written.names, foreign.name}


def test_a_box_tells_how_far_each_stream_is_thought_to_be_held(link, record, stick):
    record(2)
    closed = own_epoch()
    Epoch.objects.update(acknowledged=2)
    start_new_epoch()
    record(1)

    write_boxes(stick)

    (batch,) = batches_on(stick)
    assert batch.header.cursors_seen == {closed.pk: 2}


def test_names_of_people_are_not_in_names_of_files(link, record, learner, stick):
    record(1)

    (name,) = write_boxes(stick).names

    assert not any(part.lower() in name.lower() for part in learner.name.split())
    assert learner.name.encode() not in (stick / "YELEN-OUT" / name).read_bytes()


def test_a_telecentre_that_was_told_no_key_says_what_to_do(link, stick):
    CentreLink.objects.update(box_recipients=[])

    with pytest.raises(BoxKeyUnknownError):
        write_boxes(stick)

    assert list(stick.iterdir()) == []


def test_bytes_that_come_back_otherwise_are_found_before_anybody_pulls_the_stick(
    stick, monkeypatch
):
    monkeypatch.setattr(stick_module, "_hash_from_disk", lambda *_: b"other")

    with pytest.raises(StickDamagedError):
        write_checked(stick / "YELEN-OUT" / "x.yelenbox", b"data")

    assert list((stick / "YELEN-OUT").iterdir()) == []


def test_a_full_stick_is_told_before_anything_is_written(stick, monkeypatch):
    usage = shutil.disk_usage(stick)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(StickFullError):
        write_checked(stick / "YELEN-OUT" / "x.yelenbox", b"data")

    assert list(stick.iterdir()) == []


def test_a_stick_that_is_gone_is_told(tmp_path):
    with pytest.raises(StickMissingError):
        write_checked(tmp_path / "gone" / "YELEN-OUT" / "x.yelenbox", b"data")


KILLED_AT = """
import os, signal, sys
from pathlib import Path
import offline_pack.stick as stick
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
step = sys.argv[2]
if step == "fsync": os.fsync = die
elif step == "read back": stick._hash_from_disk = die
elif step == "rename": Path.replace = die
else:
    whole = stick.sync_folder
    stick.sync_folder = lambda folder: die() if folder.name == "YELEN-OUT" else whole(folder)
stick.write_checked(Path(sys.argv[1]) / "YELEN-OUT" / "x.yelenbox", b"new" * 1000)
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("step", ["fsync", "read back", "rename", "folder"])
def test_killed_while_writing_leaves_the_old_box_or_the_new_one_whole(stick, step):
    target = stick / "YELEN-OUT" / "x.yelenbox"
    write_checked(target, b"old" * 1000)

    died = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            f"import django; django.setup()\n{KILLED_AT}",
            str(stick),
            step,
        ],
        env={"DJANGO_SETTINGS_MODULE": "cms.settings.test", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    left = target.read_bytes()
    write_checked(target, b"again")

    assert died.returncode == -signal.SIGKILL
    assert left == (b"new" if step == "folder" else b"old") * 1000
    assert [path.name for path in target.parent.iterdir()] == ["x.yelenbox"]
    assert target.read_bytes() == b"again"


def test_a_link_in_the_place_of_the_draft_leads_nowhere(stick, tmp_path):
    precious = tmp_path / "db.sqlite3"
    precious.write_bytes(b"precious")
    (stick / "YELEN-OUT").mkdir()
    (stick / "YELEN-OUT" / "x.yelenbox.part").symlink_to(precious)

    write_checked(stick / "YELEN-OUT" / "x.yelenbox", b"data")

    assert precious.read_bytes() == b"precious"
    assert (stick / "YELEN-OUT" / "x.yelenbox").read_bytes() == b"data"
