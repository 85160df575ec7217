from __future__ import annotations

import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.urls import get_resolver
from django.utils.translation import gettext as _

from cms.site.companion import Companion
from cms.site.heap import share_one_heap
from cms.site.static_files import gather_static_files
from cms.site.web import serve_web


class Command(BaseCommand):
    help = "Serve this instance: web and worker together, stopped together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *, host: str, port: int, **_options: Any) -> None:
        share_one_heap()
        _check_migrated()
        _check_free(host, port)
        if apps.is_installed("django.contrib.staticfiles"):
            gather_static_files()
        get_resolver().url_patterns  # noqa: B018 - loads every view
        connections.close_all()
        self.stdout.write(
            _("Yelen answers at http://%(host)s:%(port)s — Ctrl-C stops it.")
            % {"host": host, "port": port}
        )
        self.stdout.flush()
        with _worker_beside():
            serve_web(host=host, port=port)
        self.stdout.write(_("Stopped."))


@contextmanager
def _worker_beside() -> Iterator[None]:
    """An instance has one worker, whichever web processes it has."""
    if not settings.YELEN_RUNS_WORKER:
        yield
        return
    from cms.site.worker import load_worker, run_worker

    load_worker()
    worker = Companion(run_worker, command=[sys.executable, "-m", "cms.site.worker"])
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _check_migrated() -> None:
    if _all_recorded():
        return
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(_("The database is not up to date: run “manage.py migrate” first."))


def _all_recorded() -> bool:
    """Whether every migration there is was applied, by its name: nothing is imported for it.

    Imported, those of Wagtail would stay in memory for as long as the centre serves.
    """
    recorded = set(MigrationRecorder(connections["default"]).applied_migrations())
    for app in apps.get_app_configs():
        folder = Path(app.path) / "migrations"
        names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        if not recorded.issuperset((app.label, name) for name in names):
            return False
    return True


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                _("Cannot listen on %(host)s:%(port)s: %(reason)s. Choose another with --port.")
                % {"host": host, "port": port, "reason": error.strerror}
            ) from error
