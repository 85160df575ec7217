"""A learner's session in a browser that others use too.

A PIN session at a telecentre ends by itself when nobody is there. Idleness is measured with the
clock that counts from this boot, since the other one may be put right or wrong at any moment; a
session from before a power cut is over.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from lms.clock import read_clock
from lms.models import Learner

LEARNER_KEY = "learner_id"
_IDLE_KEY = "idle"

WARNED_AFTER = 5 * 60  # seconds without a sign of life, then one minute to answer
ENDED_AFTER = 6 * 60
ENDED_WITHOUT_WARNING = 30 * 60  # a browser that cannot warn
_NOTED_EVERY = 20  # seconds: one write less for each quick tap


def open_session(request: HttpRequest, learner: Learner) -> None:
    """Sign the learner in here, under a new session key; whoever was signed in is out."""
    logout(request)
    request.session[LEARNER_KEY] = str(learner.pk)
    request.session[_IDLE_KEY] = _idle_now(can_warn=False)
    request.learner = learner  # type: ignore[attr-defined]
    rotate_token(request)


def close_session(request: HttpRequest) -> None:
    """Sign out whoever is signed in, and forget all about them."""
    logout(request)
    request.learner = None  # type: ignore[attr-defined]


def end_if_idle(request: HttpRequest) -> bool:
    """End a PIN session nobody used for too long; whether it was ended."""
    idle = _idle_of(request)
    if not idle:
        return False
    now = _idle_now(can_warn=idle["warns"])
    limit = ENDED_AFTER + _NOTED_EVERY if idle["warns"] else ENDED_WITHOUT_WARNING
    if idle["boot"] != now["boot"] or now["at"] - idle["at"] > limit:
        close_session(request)
        return True
    return False


def note_use(request: HttpRequest) -> None:
    """Note that a PIN session is used, if that was not noted a moment ago."""
    idle = _idle_of(request)
    if idle:
        now = _idle_now(can_warn=idle["warns"])
        if now["at"] - idle["at"] >= _NOTED_EVERY:
            request.session[_IDLE_KEY] = now


def stay(request: HttpRequest) -> bool:
    """Somebody is there, in a browser that warns; whether there is a session to keep."""
    if request.session.get(_IDLE_KEY):
        request.session[_IDLE_KEY] = _idle_now(can_warn=True)
    return is_signed_in(request)


def is_pin_session(request: HttpRequest) -> bool:
    return bool(request.session.get(_IDLE_KEY))


def is_signed_in(request: HttpRequest) -> bool:
    return bool(request.session.get(LEARNER_KEY)) or request.user.is_authenticated


def _idle_of(request: HttpRequest) -> dict[str, Any] | None:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    idle: dict[str, Any] | None = request.session.get(_IDLE_KEY) if has_cookie else None
    return idle


def _idle_now(*, can_warn: bool) -> dict[str, object]:
    clock = read_clock()
    return {"boot": str(clock.boot_id), "at": clock.mono_ms // 1000, "warns": can_warn}
