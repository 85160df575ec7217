"""The same batch a hundred times in parallel, at a centre that really serves."""

from __future__ import annotations

import sqlite3
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from cms.demo.instances import new_instance

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

BATCH = """
from lms.learners import register_learner
from lms.models import Telecentre
from offline_pack.sync.signing import request_payload, sign_request
from tests.offline_pack.sync.devices import BOX, RemoteDevice
place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
learner = register_learner("Awa", telecentre=place)
device = RemoteDevice(place).registered()
for _ in range(40):
    device.records(learner.pk)
body = device.body()
print(body.hex())
print(sign_request(device.key, request_payload("POST", BOX, body)))
"""


def test_the_same_batch_a_hundred_times_in_parallel_is_stored_once(tmp_path):
    centre = new_instance("central", tmp_path / "centre")
    body, authorization = centre.command("shell", "-c", BATCH).stdout.strip().splitlines()[-2:]
    with centre.serving() as address, ThreadPoolExecutor(20) as pool:
        asked = urllib.request.Request(  # noqa: S310 - our own server
            f"{address}/sync/v1/box",
            data=bytes.fromhex(body),
            headers={
                "Authorization": authorization,
                "Content-Type": "application/vnd.yelen.box",
            },
        )
        statuses = Counter(pool.map(_send, [asked] * 100))

    with closing(sqlite3.connect(centre.data_dir / "db.sqlite3")) as database:
        rows = database.execute(
            "SELECT count(*), count(DISTINCT id), max(sequence) FROM yelen_lms_statement"
            " WHERE verb = 'seen'"
        ).fetchone()
    assert rows == (40, 40, 40)
    assert statuses[200] > 0
    assert set(statuses) <= {200, 503}


def _send(asked: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
