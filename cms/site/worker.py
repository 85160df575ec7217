"""The worker child: Celery, one task at a time, with its clock when something is scheduled."""

from __future__ import annotations

import importlib
import signal
import warnings

from celery.beat import EmbeddedService
from celery.platforms import SecurityWarning
from celery.signals import worker_ready
from django.conf import settings

from cms.celery import app


def load_worker() -> None:
    """Import what it needs, before it is forked: what comes later shares none of its memory."""
    for name in ("celery.apps.worker", "celery.worker.consumer", "kombu.transport.filesystem"):
        importlib.import_module(name)


def run_worker() -> None:
    """Take tasks until SIGTERM; the one under way is finished."""
    # Messages are JSON, never pickle: running as root in a container is no more risk than the web.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = app.Worker(
        hostname="yelen@localhost",
        pool_cls="solo",
        loglevel="WARNING",
        quiet=True,
        redirect_stdouts=False,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    if getattr(settings, "CELERY_BEAT_SCHEDULE", {}):
        _start_clock()
    # Celery takes over SIGINT; Ctrl-C is for the web server, which then stops us.
    worker_ready.connect(_ignore_interrupt, weak=False)
    worker.start()
    raise SystemExit(worker.exitcode)


def _start_clock() -> None:
    """In a thread: Celery's own ``beat=True`` forks another process, 18 MB for a clock."""
    # The plain scheduler keeps nothing on disk that a power cut could spoil.
    EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler").start()


def _ignore_interrupt(**_arguments: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    import django

    django.setup()
    run_worker()
