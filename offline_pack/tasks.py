"""Celery tasks: thin, given ids, safe to run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from offline_pack import jobs, syncing  # noqa: F401 - syncing makes its kind of job known


@shared_task
def run_job_task(job_id: str) -> None:
    jobs.run_job(UUID(job_id))


@worker_ready.connect
def _restart_unfinished_jobs(**_: Any) -> None:
    jobs.restart_unfinished_jobs()
