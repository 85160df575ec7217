"""What Celery must be told of its broker, by the kind that the address names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

REDIS = ("redis://", "rediss://")


def broker_options(address: str, folder: Path) -> dict[str, Any]:
    """``folder`` is for the filesystem broker, and made for no other.

    Raises ``ImproperlyConfigured`` when this machine lacks the client for Redis.
    """
    if address.startswith("filesystem"):
        queue, control = folder / "queue", folder / "control"
        for path in (queue, control):
            path.mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
            "store_processed": False,
        }
    if address.startswith(REDIS):
        _need_client()
        # A page must not hang because the broker is away: the job's row waits for it.
        return {"socket_connect_timeout": 4, "socket_timeout": 30, "socket_keepalive": True}
    return {}


def rescue_schedule(address: str) -> dict[str, Any]:
    """For Celery's beat: jobs whose message such a broker lost. A folder loses none by itself."""
    if address.startswith("filesystem"):
        return {}
    task = "offline_pack.tasks.take_up_jobs_task"
    return {"take_up_jobs": {"task": task, "schedule": 300.0, "options": {"expires": 300}}}


def _need_client() -> None:
    try:
        import redis  # noqa: F401
    except ImportError as error:
        raise ImproperlyConfigured(
            "YELEN_BROKER_URL names Redis, and its client is missing: install yelen[redis]."
        ) from error
