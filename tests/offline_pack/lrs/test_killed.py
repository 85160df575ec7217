"""``kill -9`` while facts go to the LRS, again and again; then once more to its end."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from cms.demo.instances import MANAGE, new_instance
from tests.offline_pack.lrs.server import PASSWORD, USER

pytestmark = pytest.mark.slow
FACTS = 1000
RECORD = f"""
from uuid import uuid4
from django.db import transaction
from lms.models import Telecentre
from lms.learners import register_learner
from lms.recording import record_statement
with transaction.atomic():
    place = Telecentre.objects.create(slug="baobab", name="Baobab")
    learner = register_learner("Awa", telecentre=place)
    for _ in range({FACTS} - 1):
        record_statement(verb="seen", learner=learner, object_id=uuid4(), course_id=uuid4(),
            course_version=1)
"""


@pytest.fixture
def centre(tmp_path, lrs_process):
    lrs_process.control(reset=True)
    settings = {
        "YELEN_LRS_URL": lrs_process.url,
        "YELEN_LRS_USER": USER,
        "YELEN_LRS_PASSWORD": PASSWORD,
        "YELEN_LANGUAGE": "en",
    }
    centre = new_instance("central", tmp_path / "centre", **settings)
    centre.command("shell", "-c", RECORD)
    return centre


def test_each_statement_is_at_the_lrs_once(centre, lrs_process):
    killed = 0
    for _ in range(2):
        before = len(lrs_process.state()["posts"])
        process = subprocess.Popen(
            [sys.executable, MANAGE, "forward_xapi"],
            env=centre.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and len(lrs_process.state()["posts"]) < before + 3:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.05))  # noqa: S311 - no secret
        process.kill()
        killed += process.wait() == -signal.SIGKILL

    done = centre.command("forward_xapi")

    state = lrs_process.state()
    assert killed
    assert set(state["held"]) == ids(centre)
    assert len(state["held"]) == FACTS
    assert set(state["stored"].values()) == {1}
    assert "waiting 0" in done.stdout.splitlines()[-1]
    assert PASSWORD not in done.stdout + done.stderr


def ids(centre):
    with closing(sqlite3.connect(centre.data_dir / "db.sqlite3")) as database:
        rows = database.execute("SELECT id FROM yelen_lms_statement").fetchall()
    return {f"{pk[:8]}-{pk[8:12]}-{pk[12:16]}-{pk[16:20]}-{pk[20:]}" for (pk,) in rows}
