"""What this app does when the floor below announces something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from courses.signals import course_published
from lms.redrawing import draw_conclusions
from lms.signals import people_erased


def connect() -> None:
    course_published.connect(
        draw_waiting_conclusions, dispatch_uid="lms.signal_handlers.draw_waiting_conclusions"
    )
    if apps.is_installed("axes"):
        people_erased.connect(forget_sign_ins, dispatch_uid="lms.signal_handlers.forget_sign_ins")


def draw_waiting_conclusions(*, course_id: UUID, version: int, **_others: Any) -> None:
    draw_conclusions(course_id, version=version)


def forget_sign_ins(*, accounts: Mapping[Any, str], **_others: Any) -> None:
    """django-axes notes who signed in, or tried to, by user name as it was typed."""
    named = Q(*(("username__iexact", name) for name in accounts.values()), _connector=Q.OR)
    for model in apps.get_app_config("axes").get_models():
        if accounts and hasattr(model, "username"):
            model._default_manager.filter(named).delete()
