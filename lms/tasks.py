"""Celery tasks: thin, given ids, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from lms import redrawing


@shared_task(ignore_result=True)
def draw_waiting_task(waiting_id: int) -> None:
    redrawing.draw_waiting(waiting_id)


@worker_ready.connect
def _restart_waiting(**_: Any) -> None:
    redrawing.restart_waiting()
