"""A worker that kills itself in the middle of each kind of work, the first time: ``... FOLDER``.

FOLDER remembers which kinds have died. ``kill -9``, as a power cut: nothing is tidied up.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django
from celery import current_app
from celery.signals import worker_ready


def die_once(marker):
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def dying_job(work, marker):
    """``work``, and death at its first sign of progress."""

    def wrapped(params, progress):
        def report(done, total):
            progress(done, total)
            die_once(marker)

        return work(params, report)

    return wrapped


def arm(folder):
    from offline_pack import jobs, tasks  # noqa: F401 - they make their kinds known
    from offline_pack.store import scrubbing

    for kind, work in jobs._kinds.items():
        jobs._kinds[kind] = dying_job(work, folder / kind)
    check = scrubbing._check

    def checked(name, reader):
        found = check(name, reader)
        die_once(folder / "scrub")
        return found

    scrubbing._check = checked
    worker_ready.connect(ask_for_scrub, weak=False)


def ask_for_scrub(**_arguments):
    """As the worker's beat does every quarter of an hour; a message is lost with its worker."""
    current_app.send_task("offline_pack.tasks.scrub_task")


if __name__ == "__main__":
    django.setup()
    from cms.site.worker import run_worker

    arm(Path(sys.argv[1]))
    run_worker()
