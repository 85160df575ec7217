"""The centre's process for telecentres does what the whole centre does, without Wagtail."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal
from wagtail.hooks import search_for_hooks

import courses.signals
import lms.signals
from cms.demo.instances import MANAGE, Instance, free_port
from cms.settings import central, central_sync
from offline_pack.sync.envelope import ANSWER_CONTENT_TYPE, decode_answer
from tests.cms.calling import KEPT_FROM_DELETION, Call, Reply, busy_day, tell_story
from tests.cms.site.test_serve import is_open, wait_for

# The whole centre's web process, which need not gather static files to answer telecentres.
WHOLE = """
import django, sys
django.setup()
from cms.site.web import serve_web
serve_web(host="127.0.0.1", port=int(sys.argv[1]))
"""
CLOCKS = {"at_ms", "clock_ahead"}  # columns
NOT_LOADED = {"wagtail", "PIL", "ninja", "pydantic", "whitenoise", "cms.models", "cms.site.worker"}
BEHIND_TLS = {"YELEN_HTTPS": "yes", "YELEN_TRUSTED_PROXY": "127.0.0.1"}
OF_THE_MOMENT = {"Date", "Content-Length", "Yelen-Signature", "Yelen-Proof"}


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    process: psutil.Popen
    log: Path

    def modules(self) -> set[str]:
        """All that Python has imported there: packages, by their first names."""
        found = re.findall(r"^import time:.*\| +([\w.]+)$", self.log.read_text(), re.MULTILINE)
        return {name.split(".")[0] for name in found} | {
            name for name in found if name.startswith("cms.")
        }


@contextmanager
def serving(settings: str, folder: Path, *command: str, port: int) -> Iterator[Server]:
    log = folder / f"{settings}.log"
    with log.open("w") as opened:
        process = psutil.Popen(
            [sys.executable, *command],
            env=Instance(settings, folder).environment(PYTHONPROFILEIMPORTTIME="1", **BEHIND_TLS),
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Server(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def both(whole: Path, apart: Path) -> Iterator[tuple[Server, Server]]:
    """The two kinds of process, started side by side."""
    ports = free_port(), free_port()
    serve = (MANAGE, "serve", "--port", str(ports[1]))
    with (
        serving("central", whole, "-c", WHOLE, str(ports[0]), port=ports[0]) as first,
        serving("central_sync", apart, *serve, port=ports[1]) as second,
    ):
        wait_for(lambda: all(is_open(port) for port in ports))
        yield first, second


@pytest.mark.slow
@pytest.mark.sqlite
def test_both_processes_answer_the_same_and_leave_the_same_rows(tmp_path, empty_database, db):
    story = tell_story(tmp_path, empty_database)
    folders = tmp_path / "whole", tmp_path / "apart"
    for folder in folders:
        shutil.copytree(story.centre, folder)
    upload = folders[1] / "tmp" / "a pack that the whole centre is being sent"
    upload.parent.mkdir()
    upload.touch()

    with both(*folders) as (whole, apart):
        expected = [shown(call.to(whole.address)) for call in story.calls]
        answers = [shown(call.to(apart.address)) for call in story.calls]
        children, modules = apart.process.children(), apart.modules()

    assert answers == expected
    assert Counter(answer["status"] for answer in answers)[200] > 10
    assert all("Strict-Transport-Security" in answer["headers"] for answer in answers)
    assert rows_of(folders[1]) == rows_of(folders[0])
    assert upload.exists()
    assert children == []
    assert modules & NOT_LOADED == set()
    assert {"django", "cms.site.web"} <= modules


@pytest.mark.slow
@pytest.mark.sqlite
def test_both_processes_take_facts_into_one_database_at_the_same_time(
    tmp_path, empty_database, db
):
    day = busy_day(tmp_path / "centre", empty_database, devices=12, facts=40)

    with both(tmp_path / "centre", tmp_path / "centre") as servers, ThreadPoolExecutor(12) as pool:
        addresses = cycle(server.address for server in servers)
        told = list(pool.map(until_taken, day, addresses))
        elsewhere = [page(servers[1].address, path) for path in ("/", "/admin/", "/entrer/")]

    with closing(sqlite3.connect(tmp_path / "centre" / "db.sqlite3")) as database:
        facts = database.execute(
            "SELECT count(*), count(DISTINCT id) FROM yelen_lms_statement WHERE verb = 'seen'"
        ).fetchone()
    assert told == [200] * len(day)
    assert facts == (12 * 40, 12 * 40)
    assert elsewhere == [404, 404, 404]


def test_settings_differ_from_the_centres_in_these_alone():
    differing = {
        name
        for name in {*vars(central), *vars(central_sync)}
        if name.isupper() and getattr(central, name, None) != getattr(central_sync, name, None)
    }

    assert {name for name in differing if not name.startswith("_")} == {
        "INSTALLED_APPS",
        "MIDDLEWARE",
        "ROOT_URLCONF",
        "SILENCED_SYSTEM_CHECKS",
        "TEMPLATES",
        "YELEN_RUNS_WORKER",
        "YELEN_SPOOL_DIR",
    }
    assert set(central_sync.INSTALLED_APPS) < set(central.INSTALLED_APPS)
    assert [name for name in central.MIDDLEWARE if name in central_sync.MIDDLEWARE] == (
        central_sync.MIDDLEWARE
    )


def test_models_that_are_not_loaded_there_point_to_rows_that_no_call_deletes():
    """Else their rows would neither go along nor be set to nothing."""
    loaded = models_loaded_there()
    pointed_to = {
        field.related_model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model not in loaded
        for field in model._meta.concrete_fields
        if field.related_model in loaded
    }

    assert pointed_to == set(KEPT_FROM_DELETION)  # the tests above refuse to delete from these


def test_who_listens_in_the_whole_centre_alone_has_no_part_in_a_sync():
    """Editing, exercises installed by command, and people erased by a person at the centre."""
    search_for_hooks()
    senders = {id(model) for model in models_loaded_there()} | {id(None)}
    ours = [
        *(signal for signal in vars(courses.signals).values() if isinstance(signal, Signal)),
        *(signal for signal in vars(lms.signals).values() if isinstance(signal, Signal)),
    ]
    listening = {
        f"{receiver.__module__}.{receiver.__name__}"
        for signal in (pre_save, post_save, pre_delete, post_delete, m2m_changed, *ours)
        for (_id, sender), reference, _is_async in signal.receivers
        if sender in senders and (receiver := reference())
    }

    assert {name for name in listening if not is_loaded_there(name)} == {
        "cms.signal_handlers.offer_exercise",
        "lms.wagtail_hooks.erase_from_history",
        "wagtail.models.i18n.set_locale_on_new_instance",
    }


def models_loaded_there() -> set[type[Model]]:
    return {
        model
        for config in apps.get_app_configs()
        if config.name in central_sync.INSTALLED_APPS
        for model in config.get_models(include_auto_created=True)
    }


def is_loaded_there(name: str) -> bool:
    apps_there = tuple(f"{app}." for app in central_sync.INSTALLED_APPS)
    return name.startswith(apps_there) and ".wagtail_hooks." not in name


def shown(reply: Reply) -> dict[str, Any]:
    """What must be the same, whoever answers and when."""
    headers = {name: text for name, text in reply.headers.items() if name not in OF_THE_MOMENT}
    policy = headers.pop("Content-Security-Policy")
    told: object = reply.body
    if headers["Content-Type"] == ANSWER_CONTENT_TYPE:
        told = decode_answer(reply.body) | {"server_time": 0, "key": ""}
    return {
        "status": reply.status,
        "headers": headers,
        "policy": sorted(policy.split("; ")),
        "told": told,
    }


def rows_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table; of times only whether there is one."""
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: _rows(database, name) for (name,) in names}


def _rows(database: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    times = {column["name"] for column in columns if column["type"] == "datetime"} | CLOCKS
    return [
        {name: row[name] is None if name in times else row[name] for name in row.keys()}  # noqa: SIM118
        for row in database.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own tables
    ]


def until_taken(call: Call, address: str) -> int:
    """As a telecentre does, but less patient: come back when asked to."""
    while (reply := call.to(address)).status == 503:
        assert int(reply.headers["Retry-After"]) > 0
        time.sleep(0.2)
    return reply.status


def page(address: str, path: str) -> int:
    try:
        urllib.request.urlopen(f"{address}{path}", timeout=30).close()  # noqa: S310 - our own
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code
    return 200
