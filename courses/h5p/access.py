"""Who may play an exercise. This floor knows staff only; the floor above plugs in enrolment."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from courses.models import Activity

Decision = Callable[[HttpRequest, Activity], bool]

_decisions: list[Decision] = []


def allow_when(decision: Decision) -> None:
    """Let ``decision(request, activity)`` open exercises too; called once, from ``ready()``."""
    if decision not in _decisions:
        _decisions.append(decision)


def may_play(request: HttpRequest, activity: Activity) -> bool:
    """Staff always, and whoever one of the plugged-in decisions lets in."""
    user = getattr(request, "user", None)
    if user is not None and user.is_active and user.is_staff:
        return True
    return any(decision(request, activity) for decision in _decisions)
