"""The same jobs over a folder and over a real Redis; the worker is killed in each of them."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from cms.demo.instances import ROOT, Instance, free_port, new_instance
from tests.offline_pack.brokers.patient_centre import KEY, PatientCentre

pytestmark = pytest.mark.slow

HAND_OVER = """
from pathlib import Path
from lms.learners import register_learner
from lms.models import Telecentre
from offline_pack import jobs, syncing
from offline_pack.making.exporter import export_pack
from offline_pack.format.signing import PACKS
from offline_pack.trust.keys import own_key
from offline_pack.models import CentreLink
from tests.offline_pack import courses
place = Telecentre.objects.create(slug="baobab", name="Baobab")
CentreLink.objects.create(address={address!r}, name="Centre", sync_key={key!r}, telecentre=place)
register_learner("Awa", telecentre=place)
course = courses.publish()
pack = export_pack(course, to=Path({pack!r}), key=own_key(PACKS))
course.delete()
course = courses.publish(text="<p>Deux</p>")
jobs.start_job(jobs.IMPORT, {{"path": str(pack.path)}})
jobs.start_job(jobs.EXPORT, {{"course": str(course.pk)}})
jobs.start_job(syncing.SYNC_JOB, {{}})
"""
KINDS = {"import", "export", "sync", "scrub"}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    return new_instance("telecentre", tmp_path_factory.mktemp("pristine") / "data")


@pytest.fixture
def centre():
    made = PatientCentre()
    yield made
    made.close()


@pytest.fixture(params=["filesystem", "redis"])
def telecentre(request, pristine, tmp_path):
    """One that has that broker; a telecentre, because all of these jobs are done there."""
    folder = tmp_path / "telecentre"
    shutil.copytree(pristine.data_dir, folder)
    if request.param == "filesystem":
        yield Instance("telecentre", folder)
        return
    with real_redis(tmp_path) as port:
        yield Instance("telecentre", folder, {"YELEN_BROKER_URL": f"redis://127.0.0.1:{port}/0"})


class real_redis:  # noqa: N801 - a context manager
    """Debian's redis-server, which ``make setup`` installs."""

    def __init__(self, folder, *, port=0, password=""):
        self.folder, self.port, self.password = folder, port or free_port(), password

    def __enter__(self):
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        options += ["--requirepass", self.password] if self.password else []
        self.process = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        wait_for(self.is_up)
        return self.port

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()

    def is_up(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def wait_for(condition, *, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_job_is_done_though_the_worker_is_killed_in_it(telecentre, centre, tmp_path):
    pack = str(tmp_path / "v1.pack")
    telecentre.command(
        "shell",
        "-c",
        HAND_OVER.format(address=centre.address, key=KEY.public.hex(), pack=pack),
    )
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    killed = 0
    while not is_over(telecentre, deaths):
        killed += work(telecentre, deaths) == -signal.SIGKILL

    assert killed == len(KINDS)
    assert {state for _kind, state, _error in jobs(telecentre)} == {"done"}
    assert len(centre.facts) == len({json.loads(line)["id"] for line in centre.facts}) >= 1


def test_what_is_asked_for_while_redis_is_away_is_done_when_it_comes(pristine, tmp_path):
    shutil.copytree(pristine.data_dir, folder := tmp_path / "telecentre")
    port = free_port()
    telecentre = Instance(
        "telecentre", folder, {"YELEN_BROKER_URL": f"redis://:w0rd@127.0.0.1:{port}/0"}
    )
    asked = telecentre.command("shell", "-c", ASK)
    with (folder / "log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "cms.site.worker"],
            env=telecentre.environment(),
            cwd=ROOT,
            stderr=log,
        )
    try:
        wait_for(lambda: (folder / "log").stat().st_size)  # it says that there is no broker
        with real_redis(tmp_path, port=port, password="w0rd"):
            wait_for(lambda: {state for _k, state, _e in jobs(telecentre)} == {"done"})
    finally:
        worker.kill()
        worker.wait()

    seconds = float(asked.stdout.splitlines()[-1])
    assert seconds < 10  # a page would have taken them
    assert "w0rd" not in asked.stdout + asked.stderr + (folder / "log").read_text()


ASK = """
import time
from offline_pack import jobs
from tests.offline_pack import courses
course = courses.publish()
start = time.monotonic()
jobs.start_job(jobs.EXPORT, {"course": str(course.pk)})
print(time.monotonic() - start)
"""


def test_a_telecentre_does_without_the_client_of_redis(pristine):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_REDIS],
        env=pristine.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[]"]


WITHOUT_REDIS = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"redis", "sqlalchemy", "boto3"}:
            raise ImportError(f"{name} is not installed at a telecentre")
sys.meta_path.insert(0, Refuse())
import django
django.setup()
from celery import current_app
from django.urls import get_resolver
from cms.site.worker import load_worker
load_worker()
get_resolver().url_patterns
current_app.send_task("offline_pack.tasks.scrub_task")
with current_app.connection_for_read() as connection:
    connection.default_channel
print([name for name in sys.modules if name.split(".")[0] == "redis"])
"""


def work(instance, deaths):
    """Run the worker until it is killed, or until all is done; how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.offline_pack.brokers.dying_worker", str(deaths)],
        env=instance.environment(),
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(lambda: process.poll() is not None or is_over(instance, deaths))
        if process.poll() is None:
            process.terminate()
        _out, said = process.communicate(timeout=30)
        assert process.returncode in (0, -signal.SIGTERM, -signal.SIGKILL), said.decode()
        return process.returncode
    finally:
        process.kill()


def is_over(instance, deaths):
    return names(deaths) == KINDS and all(
        state in ("done", "failed") for _kind, state, _error in jobs(instance)
    )


def names(deaths):
    return {path.name for path in deaths.iterdir()}


def jobs(instance):
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3", timeout=20)) as database:
        return database.execute("SELECT kind, state, error FROM yelen_offline_pack_job").fetchall()
