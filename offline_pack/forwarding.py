"""Forward facts to the LRS: now, or when it is time again; and remember how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from offline_pack.locking import LockedError, machine_lock
from offline_pack.lrs.access import LrsAccess, is_forwarding_on, lrs_access
from offline_pack.lrs.client import LrsConnection
from offline_pack.lrs.errors import (
    ForwardingBusyError,
    LrsDeniedError,
    LrsError,
    LrsFaultError,
    LrsSettingsError,
)
from offline_pack.lrs.outbox import Portion, account_for, next_portion, try_refused_again
from offline_pack.lrs.sending import Sender
from offline_pack.lrs.telling import tell
from offline_pack.models import LrsState
from offline_pack.sync.waiting import HOUR, as_asked, back_off
from offline_pack.words.explain import facts_of

logger = logging.getLogger(__name__)

A_TURN = 20.0  # seconds of the worker's time a minute: others wait for it too
LONGEST_WAIT = HOUR
WARY_AFTER = 3  # failures in a row
HOPELESS = LrsDeniedError.__name__
"""What trying again does not end: somebody changes the settings, or presses the button."""

Progress = Callable[[int], None]
"""Told how many statements the LRS took since the start."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    sent: int  # statements that the LRS holds now
    refused: int
    is_all: bool  # nothing waits any more


def forward(*, seconds: float | None = None, progress: Progress | None = None) -> Forwarded:
    """Send what waits, all of it or for so many seconds; how it went stands in ``LrsState``.

    May be cut anywhere and begun again. Raises an ``LrsError``; what was sent before it stays so.
    """
    access = lrs_access()
    try:
        with machine_lock("lrs"):
            return _noted(access, seconds, progress or (lambda _sent: None))
    except LockedError as error:
        raise ForwardingBusyError("another process forwards") from error


def forward_when_due() -> None:
    """To be called every minute: forward for a turn, unless a fault says to wait."""
    if not is_forwarding_on() or not _is_due():
        return
    try:
        forward(seconds=A_TURN)
    except LrsError as error:
        logger.warning("forwarding to the LRS: %s", error)


@transaction.atomic
def try_again() -> None:
    """Somebody thinks that it works now: waive every wait, and what was refused goes once more."""
    cleared: dict[str, Any] = {"last_error": "", "error_facts": {}, "next_try_at": None}
    LrsState.objects.filter(pk=1).update(failures=0, **cleared)
    try_refused_again()
    # Robust: without a broker, the worker's next minute does it.
    transaction.on_commit(_dispatch, robust=True)


def lrs_state() -> LrsState:
    """As it stands; changes nothing."""
    return LrsState.objects.filter(pk=1).first() or LrsState()


def _dispatch() -> None:
    # By its name: offline_pack.tasks knows this module, not the reverse.
    current_app.send_task("offline_pack.tasks.forward_xapi_task")


def _is_due() -> bool:
    state = lrs_state()
    try:
        access = lrs_access()
    except LrsSettingsError as error:
        if state.error_facts != facts_of(error):
            _note(last_error=type(error).__name__, error_facts=facts_of(error))
        return False
    if state.access != access.digest:
        return True  # other settings: what went wrong with the last says nothing
    if state.last_error == HOPELESS:
        return False
    return state.next_try_at is None or state.next_try_at <= timezone.now()


def _noted(access: LrsAccess, seconds: float | None, progress: Progress) -> Forwarded:
    before = lrs_state()
    if before.access != access.digest:
        _note(access=access.digest)
    try:
        with LrsConnection(access) as lrs:
            sender = Sender(lrs, is_wary=before.failures >= WARY_AFTER)
            done = _forward(access, sender, seconds, progress)
    except Exception as error:
        _note_failure(error)
        raise
    if before.last_error or before.next_try_at:
        _note(last_error="", error_facts={}, failures=0, next_try_at=None)
    return done


def _forward(
    access: LrsAccess, sender: Sender, seconds: float | None, progress: Progress
) -> Forwarded:
    end = None if seconds is None else time.monotonic() + seconds
    sent = refused = 0
    while portion := next_portion():
        if end is not None and time.monotonic() > end:
            return Forwarded(sent, refused, is_all=False)
        held, left = _send(access, sender, portion)
        sent, refused = sent + held, refused + left
        progress(sent)
    return Forwarded(sent, refused, is_all=True)


def _send(access: LrsAccess, sender: Sender, portion: Portion) -> tuple[int, int]:
    """How many the LRS holds of the portion, and how many it refused."""
    told = tell(portion.rows, access=access)
    refused = sender.send(told)
    for item in refused:
        logger.warning("the LRS refused %s (%d): %s", item.id, item.status, item.words)
    held = len(told) - len(refused)
    with transaction.atomic():
        account_for(portion, refused)
        LrsState.objects.filter(pk=1).update(sent=F("sent") + held, last_success_at=timezone.now())
    return held, len(refused)


def _note_failure(error: Exception) -> None:
    failures = lrs_state().failures + 1
    if isinstance(error, LrsFaultError) and error.retry_after:
        wait = as_asked(error.retry_after)
    else:
        wait = back_off(failures, longest=LONGEST_WAIT)
    _note(
        failures=failures,
        next_try_at=timezone.now() + timedelta(milliseconds=wait),
        last_error=type(error).__name__,
        error_facts=facts_of(error),
    )


def _note(**fields: Any) -> None:
    LrsState.objects.update_or_create(pk=1, defaults=fields)
