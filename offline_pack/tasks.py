"""Celery tasks: thin, given ids, safe to run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from offline_pack import jobs, stick, syncing  # noqa: F401 - they make their kinds known
from offline_pack.conf import is_centre
from offline_pack.forwarding import forward_when_due
from offline_pack.identity import start_up
from offline_pack.pairing.awaiting import ask_when_due
from offline_pack.reserve import keep_ballast
from offline_pack.store.scrubbing import scrub_slice
from offline_pack.store.tidying import tidy_store
from offline_pack.telecentres import releasing  # noqa: F401 - they make their kinds known
from offline_pack.timekeeping import remember_time
from offline_pack.trust.hearing import count_uptime


@shared_task
def run_job_task(job_id: str) -> None:
    jobs.run_job(UUID(job_id))


@shared_task
def keep_reserve_task() -> None:
    """Every 5 minutes: room for learners when the disk is full, and the same room taken back."""
    keep_ballast()


@shared_task
def tidy_store_task() -> None:
    """Every half hour, and nothing to do most times: delete what no kept version needs."""
    tidy_store()


@shared_task
def count_uptime_task() -> None:
    """Every half hour: how long the centre has been silent, in time this machine was running."""
    count_uptime()


@shared_task
def remember_time_task() -> None:
    """Every ten minutes: how late it is at least, for when the power comes back."""
    remember_time()


@shared_task
def sync_task() -> None:
    """Every minute: a sync, or a question whether the centre approves, if it is time for it."""
    syncing.sync_when_due()
    ask_when_due()


@shared_task
def scrub_task() -> None:
    """Every quarter of an hour: check a slice of the store."""
    scrub_slice()


@shared_task
def forward_xapi_task() -> None:
    """Every minute at a centre with an LRS: send it what it does not have yet."""
    forward_when_due()


@shared_task
def take_up_jobs_task() -> None:
    """Every five minutes, where the broker is a server of its own: jobs that it lost."""
    jobs.restart_unfinished_jobs()


@worker_ready.connect
def _start_up(**_: Any) -> None:
    if not is_centre():
        start_up()


@worker_ready.connect
def _restart_unfinished_jobs(**_: Any) -> None:
    jobs.restart_unfinished_jobs()
