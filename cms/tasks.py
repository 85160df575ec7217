"""Work done in the background at the centre."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task(ignore_result=True)
def publish_scheduled_pages() -> None:
    """Publish and unpublish the pages whose hour has come; every minute, by the worker's beat."""
    call_command("publish_scheduled")
