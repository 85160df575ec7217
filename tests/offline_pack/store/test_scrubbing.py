"""Files that rot on the disk are found, set aside, and brought back by the next pack."""

from __future__ import annotations

import errno
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.blobs import blob_path, has_blob, store_bytes, stored_blobs
from courses.models import Course
from offline_pack.installing.importer import import_pack
from offline_pack.locking import machine_lock
from offline_pack.models import Rot, RottenBlob, ScrubState
from offline_pack.store import scrubbing
from offline_pack.store.hashing import read_from_disk
from offline_pack.store.repairing import (
    blobs_to_repair,
    damaged_courses,
    note_lost,
    note_repairs,
    rotten_folder,
)
from offline_pack.store.scrubbing import scrub, scrub_all, scrub_slice
from tests.offline_pack import versions
from tests.offline_pack.format.building import TRUSTED, noise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def telecentre(settings, monkeypatch):
    settings.YELEN_ROLE = "telecentre"
    monkeypatch.setattr(scrubbing, "_pace", scrubbing._Pace())


@pytest.fixture
def pack(tmp_path):
    """An installed pack of a course with two files."""
    (path,) = versions.packs(tmp_path, count=1)
    import_pack(path, trusted=TRUSTED)
    return path


def rot(sha256, change):
    path = blob_path(sha256)
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))


def flip(content):
    return content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]


def test_a_sound_store_stays_as_it_is(pack):
    before = list(stored_blobs())

    done = scrub_all()

    assert (done.files, done.rotten, done.is_whole) == (3, (), True)
    assert done.bytes > 2 * versions.SIZE
    assert list(stored_blobs()) == before
    assert not RottenBlob.objects.exists()
    assert not rotten_folder().exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [(flip, Rot.CHANGED), (lambda content: content[:-1], Rot.SIZE), (lambda _: b"", Rot.SIZE)],
)
def test_a_damaged_file_is_set_aside(pack, change, reason):
    rot(versions.own_file(1), change)

    done = scrub_all()

    assert done.rotten == (versions.own_file(1),)
    assert not has_blob(versions.own_file(1))
    assert (rotten_folder() / versions.own_file(1)).exists()
    assert RottenBlob.objects.get().reason == reason
    assert blobs_to_repair() == (versions.own_file(1),)
    assert [(found.course.slug, found.files) for found in damaged_courses()] == [("cours-1", 1)]
    assert has_blob(versions.shared_file())


def test_a_file_the_disk_cannot_read_is_set_aside(pack, monkeypatch):
    def failing(path):
        if path.name == versions.own_file(1):
            raise OSError(errno.EIO, "Input/output error")
        return read_from_disk(path)

    monkeypatch.setattr(scrubbing, "read_from_disk", failing)

    done = scrub_all()

    assert done.rotten == (versions.own_file(1),)
    assert RottenBlob.objects.get().reason == Rot.UNREADABLE
    assert not has_blob(versions.own_file(1))


def test_a_lost_file_is_noted(pack):
    blob_path(versions.own_file(1)).unlink()

    done = scrub_all()

    assert done.rotten == (versions.own_file(1),)
    assert RottenBlob.objects.get().reason == Rot.MISSING
    assert note_lost() == []  # it is known by now


def test_installing_the_same_version_again_mends_the_course(pack):
    rot(versions.own_file(1), flip)
    scrub_all()

    installed = import_pack(pack, trusted=TRUSTED)
    closed = note_repairs()

    assert installed.changed is False
    assert has_blob(versions.own_file(1))
    assert blobs_to_repair() == ()
    assert damaged_courses() == []
    assert RottenBlob.objects.get().repaired_at is not None
    assert list(rotten_folder().iterdir()) == []
    assert closed <= 1  # the import may have noted it already
    assert scrub_all().rotten == ()


def test_a_file_may_rot_twice(pack):
    for _ in range(2):
        rot(versions.own_file(1), flip)
        scrub_all()
        import_pack(pack, trusted=TRUSTED)
        note_repairs()

    rows = RottenBlob.objects.filter(sha256=versions.own_file(1))
    assert [row.repaired_at is not None for row in rows] == [True, True]


def test_what_a_power_cut_kept_from_being_noted_is_noted_later(pack):
    rotten_folder().mkdir()
    blob_path(versions.own_file(1)).rename(rotten_folder() / versions.own_file(1))

    note_repairs()

    assert blobs_to_repair() == (versions.own_file(1),)


def test_a_damaged_file_nobody_needs_is_forgotten(pack):
    ref = store_bytes(noise(9000, seed=5), "image/webp")
    rot(ref.sha256, flip)
    scrub_all()

    note_repairs()

    assert blobs_to_repair() == ()
    assert not (rotten_folder() / ref.sha256).exists()


def test_the_check_goes_on_where_it_stopped(pack):
    names = list(stored_blobs())

    seen = []
    for _ in names:
        scrub(at_most=1)
        seen.append(ScrubState.objects.get().last_checked)

    assert seen == [*names[:2], ""]  # a file a time, and the last one ends the pass
    assert ScrubState.objects.get().passes == 1


def test_a_large_file_is_waited_for(pack, monkeypatch):
    monkeypatch.setattr(scrubbing, "slice_bytes", lambda: versions.SIZE // 4)

    files = [done.files if (done := scrub_slice()) else 0 for _ in range(9)]

    assert sum(files) == 3  # never more than the pace, over time
    assert 0 in files


def test_nothing_is_set_aside_while_a_pack_is_being_installed(pack):
    rot(versions.own_file(1), flip)

    with machine_lock("import"):
        done = scrub_all()

    assert (done.rotten, done.is_whole) == ((), False)
    assert has_blob(versions.own_file(1))
    assert scrub_all().rotten == (versions.own_file(1),)


def test_the_command_says_how_it_stands(pack):
    output = StringIO()

    call_command("scrub", "--all", stdout=output)

    assert output.getvalue().startswith("checked 3 files, ")
    assert output.getvalue().endswith(" bytes: all good\n")


def test_the_command_fails_when_something_is_damaged(pack):
    rot(versions.own_file(1), flip)
    errors = StringIO()

    with pytest.raises(CommandError, match="1 damaged or missing; install the pack again"):
        call_command("scrub", "--all", stderr=errors)

    assert versions.own_file(1) in errors.getvalue()


def test_a_lesson_whose_file_is_gone_opens_and_the_file_says_so(pack, client):
    address = f"/fichiers/{versions.own_file(1)}/fiche.pdf"
    rot(versions.own_file(1), flip)
    scrub_all()

    lesson = client.get(f"{Course.objects.get().get_absolute_url()}1.1/")
    file = client.get(address, headers={"Accept-Language": "en"})

    assert lesson.status_code == 200
    assert file.status_code == 404
    assert "This file is missing or damaged here" in file.content.decode()
