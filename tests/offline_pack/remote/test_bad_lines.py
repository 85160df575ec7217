"""Cut, stalled, lied to: it goes on where it stopped, and gives up in words."""

from __future__ import annotations

import random

import pytest

from courses.models import Course
from offline_pack.remote.client import CHUNK, Client
from offline_pack.remote.errors import (
    DownloadDamagedError,
    LineStalledError,
    ServerBusyError,
    ServerUnreachableError,
)
from offline_pack.remote.head import AHEAD, FIRST
from offline_pack.remote.importing import import_remote
from offline_pack.remote.lines import Patience
from offline_pack.remote.speed import Floor
from tests.offline_pack import versions
from tests.offline_pack.format.building import TRUSTED

pytestmark = pytest.mark.django_db


def fetch(server, **options):
    return import_remote(server.address("v1.pack"), trusted=TRUSTED, **options)


def quiet(attempts=6):
    """Patience that does not really wait; ``waited`` says how long it would have."""
    waited = []
    patience = Patience(attempts=attempts, sleep=waited.append)
    patience.waited = waited
    return patience


@pytest.mark.parametrize("seed", range(6))
def test_cuts_at_any_byte_cost_nothing_twice(server, offered, seed):
    chance = random.Random(seed)  # noqa: S311
    server.manners.cuts = [chance.randrange(0, 9_000) for _ in range(25)]

    installed = fetch(server, patience=quiet(attempts=40))

    assert installed.rev == 1
    assert len(server.manners.cuts) < 12
    assert server.sent <= offered[0].stat().st_size


def test_what_came_before_a_failure_is_not_fetched_again(server, offered):
    for cut in (100, 5_000, 30_000, 20_000):
        server.manners.cuts = [cut, 0]
        with pytest.raises(Exception, match=r"cut|came"):
            fetch(server, patience=quiet(attempts=2))
    server.manners.cuts = []

    installed = fetch(server)

    assert installed.rev == 1
    assert server.sent <= offered[0].stat().st_size


def test_a_progress_that_raises_ends_the_download_and_keeps_what_came(server, offered):
    def stop(done, total):
        if done > versions.SIZE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, progress=stop)
    fetch(server)

    assert Course.objects.get().version == 1
    assert server.sent <= offered[0].stat().st_size + CHUNK + FIRST + AHEAD


def test_a_connection_that_is_reset_is_made_again(server, offered):
    server.manners.resets = 3

    assert fetch(server, patience=quiet()).rev == 1


def test_nobody_there_is_said_after_a_while(server):
    address = server.address("v1.pack").replace(server.root, "http://127.0.0.1:1")
    patience = quiet(attempts=5)

    with pytest.raises(ServerUnreachableError):
        import_remote(address, trusted=TRUSTED, patience=patience)

    assert len(patience.waited) == 4


def test_waits_grow_and_differ(monkeypatch):
    monkeypatch.setattr("offline_pack.remote.lines.FIRST_WAIT", 1.0)
    patience = quiet(attempts=6)
    error = ServerUnreachableError("http://x", reason="")
    waits = []
    for _ in range(5):
        patience.waited.clear()
        patience.bear(error)
        waits.append(sum(patience.waited))

    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits))
    with pytest.raises(ServerUnreachableError):
        patience.bear(error)


def test_a_silent_server_is_given_up_and_what_came_is_kept(server, offered):
    server.manners.pause = 1.0
    client = Client(timeout=0.2)

    with pytest.raises(LineStalledError):
        fetch(server, client=client, patience=quiet(attempts=2))
    server.manners.pause = 0.0

    assert fetch(server).rev == 1


def test_a_trickle_below_the_floor_is_given_up():
    times = iter([0.0, 30.0, 61.0, 90.0, 122.0])
    watch = Floor(bytes=1000, seconds=60, clock=lambda: next(times)).watch()

    assert [watch.is_kept(size) for size in (600, 600, 300, 300)] == [True, True, True, False]


def test_a_busy_server_is_given_the_time_it_asks_for(server, offered):
    server.manners.busy, server.manners.retry_after = 2, "7"
    patience = quiet()

    installed = fetch(server, patience=patience)

    assert installed.rev == 1
    assert 14 <= sum(patience.waited) < 16


def test_a_server_that_stays_busy_is_said_so(server, offered):
    server.manners.busy = 99

    with pytest.raises(ServerBusyError):
        fetch(server, patience=quiet(attempts=3))


@pytest.mark.parametrize("lie", [5_000, 10**9, -3_000])
def test_a_wrong_length_does_not_matter(server, offered, lie):
    server.manners.length_lies = [lie] * 4

    assert fetch(server, patience=quiet(attempts=30)).rev == 1


def test_a_byte_changed_on_the_way_is_fetched_once_more(server, offered):
    server.manners.flip_at = {offered[0].stat().st_size - versions.SIZE}
    asked = []

    def mend(done, total):
        if done == total:
            asked.append(list(server.asked))
            server.manners.flip_at = set()

    installed = fetch(server, progress=mend)

    assert installed.rev == 1
    assert server.sent < offered[0].stat().st_size + versions.SIZE + 10_000


def test_a_file_damaged_at_the_server_is_refused_in_the_end(server, offered):
    server.manners.flip_at = {offered[0].stat().st_size - versions.SIZE}

    with pytest.raises(DownloadDamagedError) as caught:
        fetch(server)

    assert len(caught.value.damaged) == 1
    assert server.sent < offered[0].stat().st_size + versions.SIZE + 10_000
    assert not Course.objects.exists()


def test_a_damaged_head_is_fetched_once_more(server, offered):
    server.manners.flip_at = {200}
    server.manners.cuts = [10_000]
    with pytest.raises(Exception, match="cut"):
        fetch(server, patience=quiet(attempts=1))
    server.manners.flip_at = set()

    assert fetch(server).rev == 1
