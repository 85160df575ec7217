"""At a telecentre: boxes onto a stick, and the centre's answer from it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from lms.clock import read_clock
from lms.models import ClockMark, Epoch, Statement
from lms.recording import own_device, own_epoch, start_new_epoch
from offline_pack import stick as stick_module
from offline_pack.box.container import asked_by_stick, open_box, seal_answer
from offline_pack.box.errors import (
    AnswerForOthersError,
    BoxDamagedError,
    BoxKeyUnknownError,
    BoxNotFromCentreError,
)
from offline_pack.box.outgoing import write_boxes
from offline_pack.box.reading import read_answer
from offline_pack.errors import StickDamagedError, StickFullError, StickMissingError
from offline_pack.format.signing import SYNC, SigningKey
from offline_pack.models import CentreLink
from offline_pack.stick import write_checked
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.envelope import decode_batch
from offline_pack.sync.errors import CentreUnreachableError
from offline_pack.sync.planning import note_failure, plan
from offline_pack.trust.age_keys import own_identity, own_recipient
from offline_pack.trust.keys import own_key
from tests.offline_pack.box.boxes import new_identity

NOW = 1_790_000_000_000


@pytest.fixture
def link(telecentre):
    """The keys of this process stand for the centre's as well."""
    return CentreLink.objects.create(
        address="https://centre.example.org",
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        box_recipients=[own_recipient()],
        telecentre=telecentre,
    )


def batches_on(stick):
    identity = own_identity()
    return [
        decode_batch(item.body)
        for path in sorted((stick / "YELEN-OUT").iterdir())
        for item in open_box(path.read_bytes(), identities=[identity], name=path.name)
    ]


def put_answer(stick, *epochs, device=None, key=None, at=NOW, recipient=None, down=()):
    device = device or own_device().pk.hex
    document = {"epochs": list(epochs), "server_time": at, "down": list(down)}
    path = stick / "YELEN-IN" / f"{own_device().pk.hex}.yelenack"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(
        seal_answer(
            document,
            asked=asked_by_stick(device),
            keys=[key or own_key(SYNC)],
            recipients=[recipient or own_recipient()],
        )
    )
    return path


def cursor(stored, epoch=None, *, chain_hash=None):
    epoch = epoch or own_epoch()
    if chain_hash is None:
        found = Statement.objects.filter(epoch=epoch, sequence=stored).first()
        chain_hash = bytes(found.chain_hash) if found else bytes(32)
    return {"epoch": epoch.pk.hex, "stored": stored, "durable": 0, "h": chain_hash.hex()}


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


def test_the_answer_moves_the_cursor_once(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))

    first, second = read_answer(stick), read_answer(stick)

    assert (first.stored, second.stored) == (3, 0)
    assert waiting_facts() == 0
    link.telecentre.refresh_from_db()
    assert link.telecentre.last_synced_at == datetime.fromtimestamp(NOW / 1000, tz=UTC)


def test_an_answer_says_how_late_it_is_at_least_and_sets_no_clock(link, stick, settings):
    settings.YELEN_CLOCK_QUALITY = 0
    put_answer(stick, cursor(0), at=NOW * 2)  # in the year 2083, by the centre's clock
    before = read_clock()

    read_answer(stick)

    after = read_clock()
    assert after.floor_ms >= NOW * 2 > before.floor_ms
    assert after.quality <= before.quality
    assert not ClockMark.objects.exists()


def test_an_answer_on_the_stick_ends_the_waiting_after_failures(link, stick):
    for _ in range(12):
        note_failure(CentreUnreachableError("x", reason="cut"))
    put_answer(stick, cursor(0))

    read_answer(stick)

    assert plan(waiting=0).failures == 0


def test_an_older_answer_never_takes_a_cursor_back(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))
    read_answer(stick)
    put_answer(stick, cursor(1), at=NOW - 1000)

    read_answer(stick)

    assert waiting_facts() == 0


def test_a_newer_answer_of_a_centre_put_back_does(link, record, stick):
    record(3)
    put_answer(stick, cursor(3))
    read_answer(stick)
    put_answer(stick, cursor(1), at=NOW + 1000)

    read_answer(stick)

    assert waiting_facts() == 2


def test_a_closed_stream_that_the_answer_does_not_name_is_sent_again(link, record, stick):
    record(2)
    put_answer(stick, cursor(2))
    read_answer(stick)
    start_new_epoch()
    record(1)
    put_answer(stick, cursor(1, own_epoch()), at=NOW + 1000)

    read_answer(stick)

    assert waiting_facts() == 2


def test_a_cursor_on_another_story_loses_nothing(link, record, stick):
    record(3)
    ids = set(Statement.objects.values_list("pk", flat=True))
    put_answer(stick, cursor(2, chain_hash=b"\1" * 32))

    read_answer(stick)

    assert set(Statement.objects.values_list("pk", flat=True)) == ids
    assert waiting_facts() == 3
    assert Epoch.objects.filter(closed_at=None).count() == 1


def test_a_machine_put_back_from_a_copy_goes_on_in_a_new_epoch_once(link, record, stick):
    record(2)
    put_answer(stick, cursor(5, chain_hash=b"\1" * 32))

    read_answer(stick)
    read_answer(stick)

    assert Epoch.objects.count() == 2
    assert waiting_facts() == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"device": "0" * 32}, BoxNotFromCentreError),
        ({"key": SigningKey.generate()}, BoxNotFromCentreError),
        ({"recipient": str(new_identity().to_public())}, AnswerForOthersError),
    ],
)
def test_an_answer_by_or_for_somebody_else_changes_nothing(link, record, stick, changes, error):
    record(2)
    put_answer(stick, cursor(2), **changes)

    with pytest.raises(error):
        read_answer(stick)

    assert waiting_facts() == 2


@pytest.mark.parametrize("place", [0.2, 0.7, 0.99])
def test_a_damaged_answer_changes_nothing(link, record, stick, place):
    record(2)
    path = put_answer(stick, cursor(2))
    data = path.read_bytes()
    at = int(len(data) * place)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    with pytest.raises((BoxDamagedError, AnswerForOthersError)):
        read_answer(stick)

    assert waiting_facts() == 2


def test_a_stick_with_other_peoples_answers_only_is_said_so(link, stick):
    path = put_answer(stick)
    path.rename(path.with_name("0.yelenack"))

    with pytest.raises(AnswerForOthersError):
        read_answer(stick)


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
