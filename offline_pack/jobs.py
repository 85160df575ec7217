"""Long work: asked for by a person, done by the worker, told by a row."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from courses.models import Course
from offline_pack.choices import ALL, Choice
from offline_pack.conf import received_folder
from offline_pack.errors import CourseNotFoundError, UnknownJobError
from offline_pack.format.source import Progress
from offline_pack.installing.importer import Arrived, Installed, import_pack
from offline_pack.locking import LockedError, machine_lock
from offline_pack.making.generating import generate_pack
from offline_pack.models import Job, JobState
from offline_pack.pace import Pace
from offline_pack.remote.importing import import_remote
from offline_pack.trust.keys import trusted_keys
from offline_pack.words.explain import EXPECTED, facts_of

logger = logging.getLogger(__name__)

EXPORT = "export"
IMPORT = "import"

Work = Callable[[dict[str, Any], Progress], dict[str, Any]]
"""Does a job from its params, and returns what its row should tell as the result."""

_SECONDS_BETWEEN_REPORTS = 0.5
_kinds: dict[str, Work] = {}


class JobStoppedError(Exception):
    """Somebody asked for the job to stop; raised through whatever work it does."""


def register_job(kind: str, work: Work) -> None:
    """Make a kind of job known; ``work`` may be run again after an interruption."""
    _kinds[kind] = work


def start_job(kind: str, params: dict[str, Any], *, user: Any = None) -> Job:
    """Write the job down, and hand it to the worker once that is committed."""
    owner = user if user is not None and user.is_authenticated else None
    job = Job.objects.create(kind=kind, params=params, created_by=owner)
    # Robust: if the broker is away, the row waits for the next start of the worker.
    # No partial: Django writes the name of what failed, and a partial has none.
    transaction.on_commit(lambda: _dispatch(job.pk), robust=True)
    return job


def run_job(job_id: UUID) -> None:
    """Do a waiting job to its end; a job that another worker took is left alone."""
    try:
        with machine_lock(f"job-{job_id}"):
            taken = Job.objects.filter(pk=job_id, state=JobState.WAITING).update(
                state=JobState.RUNNING, host=platform.node(), heartbeat_at=timezone.now()
            )
            if taken:
                _do(Job.objects.get(pk=job_id))
    except LockedError:
        return


def stop_job(job: Job) -> bool:
    """Have a job end soon, keeping what it did; False when it had ended before."""
    return bool(
        Job.objects.unfinished()
        .filter(pk=job.pk)
        .update(state=JobState.STOPPED, finished_at=timezone.now())
    )


def resume_job(job: Job, *, user: Any = None) -> Job:
    """The same work as a new job: a download goes on from where it stopped."""
    return start_job(job.kind, job.params, user=user)


def restart_unfinished_jobs() -> int:
    """Begin again what a power cut or a lost message left undone; returns how many.

    A job whose lock is held has a living worker; one that runs on another machine is its affair.
    """
    restarted = 0
    for job in Job.objects.unfinished().order_by("created_at"):
        if job.state == JobState.RUNNING and not _is_abandoned(job):
            continue
        # Unless a worker has taken it since it was looked at.
        as_seen = Job.objects.filter(pk=job.pk, state=job.state, heartbeat_at=job.heartbeat_at)
        if as_seen.update(state=JobState.WAITING, bytes_done=0):
            _dispatch(job.pk)
            restarted += 1
    return restarted


def _dispatch(job_id: UUID) -> None:
    # By its name: offline_pack.tasks knows this module, not the reverse.
    current_app.send_task("offline_pack.tasks.run_job_task", args=[str(job_id)])


def _is_abandoned(job: Job) -> bool:
    if job.host != platform.node():
        return False
    try:
        with machine_lock(f"job-{job.pk}"):
            return True
    except LockedError:
        return False


def _do(job: Job) -> None:
    reporter = _Reporter(job)
    try:
        work = _kinds.get(job.kind)
        if work is None:
            raise UnknownJobError(job.kind)
        result = work(job.params, reporter)
    except JobStoppedError:
        logger.info("job %s (%s) was stopped", job.pk, job.kind)
    except EXPECTED as error:
        logger.warning("job %s (%s) failed: %s", job.pk, job.kind, error)
        _finish(
            job,
            state=JobState.FAILED,
            error=type(error).__name__,
            error_facts=facts_of(error),
            bytes_done=reporter.done,
            bytes_total=reporter.total,
        )
    except Exception:
        _finish(job, state=JobState.FAILED, error="Exception")
        raise
    else:
        _finish(job, state=JobState.DONE, result=result)


def _finish(job: Job, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), **fields)


class _Reporter:
    """Tells the row how far the work is, but not so often that the card wears out.

    Called, it raises ``JobStoppedError`` once somebody has stopped the job.
    """

    def __init__(self, job: Job) -> None:
        self.done, self.total = 0, 0
        self._pk, self._last, self._pace = job.pk, 0.0, Pace()

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        now = time.monotonic()
        if done < total and now - self._last < _SECONDS_BETWEEN_REPORTS:
            return
        self._last = now
        is_running = Job.objects.filter(pk=self._pk, state=JobState.RUNNING).update(
            bytes_done=done,
            bytes_total=total,
            bytes_per_second=self._pace.note(done, at=now),
            heartbeat_at=timezone.now(),
        )
        if not is_running:
            raise JobStoppedError("somebody stopped the job")


def _export(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Pack ``course`` (an id), with ``media`` and ``languages`` as ``Choice`` has them."""
    course = Course.objects.filter(pk=params["course"]).first()
    if course is None:
        raise CourseNotFoundError(params["course"])
    languages = params.get("languages")
    choice = Choice(
        frozenset(languages) if languages is not None else None, params.get("media", ALL)
    )
    pack = generate_pack(course, choice=choice, progress=progress)
    return {"pack": pack.pk, "version": pack.version, "size": pack.size}


def _import(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Install from ``path``, or from ``address``; what was uploaded is not kept."""
    if "address" in params:
        return _told(import_remote(params["address"], trusted=trusted_keys(), progress=progress))
    path = Path(params["path"])
    done = import_pack(path, trusted=trusted_keys(), progress=progress)
    if path.is_relative_to(received_folder()):
        path.unlink(missing_ok=True)
    return _told(done)


def _told(done: Installed | Arrived) -> dict[str, Any]:
    """What the row keeps; ``missing`` are the numbers of volumes that are still to come."""
    if isinstance(done, Arrived):
        missing = list(done.missing)
        return {"title": done.title, "version": done.rev, "missing": missing, "of": done.total}
    return {
        "course": str(done.course.pk),
        "version": done.rev,
        "changed": done.changed,
        "repaired": done.repaired,
    }


register_job(EXPORT, _export)
register_job(IMPORT, _import)
