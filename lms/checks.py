"""What a host site may have forgotten, said by ``manage.py check`` with what to do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

MIDDLEWARE = "lms.middleware.LearnerMiddleware"
AFTER = "django.contrib.auth.middleware.AuthenticationMiddleware"


def connect() -> None:
    register(check_middleware)


def check_middleware(**_kwargs: Any) -> list[CheckMessage]:
    order = list(settings.MIDDLEWARE)
    if MIDDLEWARE in order and AFTER in order[: order.index(MIDDLEWARE)]:
        return []
    return [
        Error(
            "Requests do not know their learner.",
            hint=f"Add '{MIDDLEWARE}' to MIDDLEWARE, after '{AFTER}'.",
            id="yelen_lms.E001",
        )
    ]
