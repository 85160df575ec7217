"""Five hundred telecentres return in the same moment to one real server, as threads."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection, HTTPException

import pytest

from cms.demo.instances import ROOT, new_instance
from offline_pack.api.gate import LONGEST, Gate

DEVICES = 500
# Made in a process of the centre: devices, their keys, and one signed request of each.
PREPARE = """
import json
from pathlib import Path
from lms.models import Telecentre
from lms.learners import register_learner
from tests.offline_pack.sync.devices import BOX, RemoteDevice
from offline_pack.sync.signing import request_payload, sign_request
place = Telecentre.objects.create(slug="t", name="T")
learner = register_learner("Awa", telecentre=place)
out = Path("{out}")
requests = []
for number in range({devices}):
    device = RemoteDevice(place).registered()
    for _ in range(3):
        device.records(learner.pk)
    body = device.body()
    sign = sign_request(device.key, request_payload("POST", BOX, body))
    requests.append([body.hex(), sign])
out.write_text(json.dumps(requests))
"""


@pytest.mark.slow
@pytest.mark.sqlite
def test_five_hundred_at_once_lose_nothing(tmp_path):
    centre = new_instance("central", tmp_path / "centre", YELEN_SYNC_RETRY_SECONDS="1")
    requests = prepared(centre, tmp_path / "requests.json")
    told, pages = Counter(), []
    with centre.serving() as address:
        start = threading.Barrier(DEVICES + 1)
        threads = [
            threading.Thread(target=send, args=(address, *request, start, told))
            for request in requests
        ]
        for thread in threads:
            thread.start()
        start.wait(120)
        while any(thread.is_alive() for thread in threads):
            pages.append(time_of_page(address))
            time.sleep(0.5)

    with closing(sqlite3.connect(centre.data_dir / "db.sqlite3")) as database:
        facts, different = database.execute(
            "SELECT count(*), count(DISTINCT id) FROM yelen_lms_statement WHERE verb = 'seen'"
        ).fetchone()
    assert told[200] == DEVICES
    assert told[503] > 0
    assert set(told) <= {200, 503, "cut"}
    assert (facts, different) == (3 * DEVICES, 3 * DEVICES)
    assert max(pages) < 20


def prepared(centre, out):
    code = PREPARE.format(devices=DEVICES, out=out)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        env=centre.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(bytes.fromhex(body), sign) for body, sign in json.loads(out.read_text())]


def send(address, body, sign, start, told):
    """As a telecentre does: come back as late as asked, as often as needed."""
    headers = {"Content-Type": "application/vnd.yelen.box", "Authorization": sign}
    host, port = address.removeprefix("http://").split(":")
    start.wait(120)
    for _ in range(300):
        connection = HTTPConnection(host, int(port), timeout=120)
        try:
            connection.request("POST", "/sync/v1/box", body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            told["cut"] += 1
            time.sleep(1)
            continue
        finally:
            connection.close()
        told[answer.status] += 1
        if answer.status != 503:
            return
        time.sleep(int(answer.headers["Retry-After"]) / 2)  # impatient on purpose


def time_of_page(address):
    began = time.monotonic()
    urllib.request.urlopen(f"{address}/entrer/", timeout=60).close()  # noqa: S310
    return time.monotonic() - began


@pytest.fixture
def gate(settings):
    settings.YELEN_SYNC_AT_ONCE = 2
    settings.YELEN_SYNC_RETRY_SECONDS = 10
    return Gate()


def test_the_third_is_turned_away_and_enters_when_one_has_left(gate):
    with gate.entered() as first:
        with gate.entered() as second, gate.entered() as third:
            inside = (first, second, third)
        with gate.entered() as fourth:
            pass

    assert inside == (True, True, False)
    assert fourth


def test_one_that_fails_inside_leaves_its_place(gate):
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), gate.entered():
            _ = 1 / 0

    with gate.entered() as has_room:
        assert has_room


def test_the_more_are_turned_away_the_longer_they_are_asked_to_wait(gate):
    few = [gate.retry_after() for _ in range(10)]
    many = [gate.retry_after() for _ in range(5000)][-10:]

    assert all(10 <= seconds <= 20 for seconds in few)
    assert len(set(many)) > 1
    assert max(many) > max(few)
    assert max(many) <= LONGEST
