"""A course from an address: only what is lacking comes over the line."""

from __future__ import annotations

import pytest

from courses.blobs import blob_path, has_blob
from courses.models import Course
from offline_pack.errors import NotEnoughSpaceError, OlderPackError
from offline_pack.format.errors import UnknownKeyError
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.importer import import_pack
from offline_pack.locking import machine_lock
from offline_pack.remote.errors import DownloadBusyError
from offline_pack.remote.importing import import_remote
from offline_pack.store.arrivals import arriving_folder
from tests.offline_pack import versions
from tests.offline_pack.format.building import TRUSTED

pytestmark = pytest.mark.django_db


def fetch(server, name="v1.pack", **options):
    return import_remote(server.address(name), trusted=TRUSTED, **options)


def left_behind():
    return sorted(path.name for path in arriving_folder().rglob("*"))


def test_a_course_comes_whole_to_a_place_that_has_nothing(server, offered):
    installed = fetch(server)

    assert (installed.rev, installed.changed) == (1, True)
    assert Course.objects.get().version == 1
    assert has_blob(versions.own_file(1))
    assert has_blob(versions.shared_file())
    assert server.sent <= offered[0].stat().st_size
    assert left_behind() == []


def test_of_a_new_version_only_what_is_lacking_comes(server, offered):
    import_pack(offered[0], trusted=TRUSTED)

    installed = fetch(server, "v2.pack")

    assert installed.rev == 2
    assert versions.SIZE < server.sent < offered[1].stat().st_size - versions.SIZE // 2
    assert None not in server.asked


def test_a_version_in_use_is_not_fetched_again(server, offered):
    import_pack(offered[0], trusted=TRUSTED)

    installed = fetch(server)

    assert installed.changed is False
    assert server.sent < versions.SIZE
    assert left_behind() == []


def test_only_the_files_that_were_lost_are_fetched(server, offered):
    import_pack(offered[0], trusted=TRUSTED)
    blob_path(versions.shared_file()).unlink()

    installed = fetch(server)

    assert (installed.changed, installed.repaired) == (False, 1)
    assert has_blob(versions.shared_file())
    assert server.sent < offered[0].stat().st_size - versions.SIZE // 2


def test_it_tells_how_far_it_is(server, offered):
    told = []

    fetch(server, progress=lambda done, total: told.append((done, total)))

    done, total = told[-1]
    assert done == total > 2 * versions.SIZE
    assert told == sorted(told)


def test_a_stranger_is_refused_before_files_are_fetched(server, offered):
    with pytest.raises(UnknownKeyError):
        import_remote(server.address("v1.pack"), trusted=TrustedKeys([]))

    assert server.sent < versions.SIZE
    assert not Course.objects.exists()


def test_an_older_version_is_refused_before_files_are_fetched(server, offered):
    import_pack(offered[1], trusted=TRUSTED)

    with pytest.raises(OlderPackError):
        fetch(server)

    assert server.sent < versions.SIZE
    assert Course.objects.get().version == 2


def test_a_full_disk_is_told_before_files_are_fetched(server, offered, settings):
    settings.YELEN_RESERVE_BYTES = 10**15

    with pytest.raises(NotEnoughSpaceError):
        fetch(server)

    assert server.sent < versions.SIZE
    assert not Course.objects.exists()


def test_two_downloads_at_once_are_refused(server, offered):
    with machine_lock("download"), pytest.raises(DownloadBusyError):
        fetch(server)

    assert server.asked == []
