"""Slows down who tries PINs of many people from one machine.

A PIN tried wrongly on each of two hundred names costs no name its five tries, but costs the
machine two hundred. A machine may be wrong sixty times; one wrong try is forgotten a minute. So a
room of twenty behind one address, all mistyping three times, notices nothing; who goes on
guessing gets one try a minute, so a week for one PIN in ten thousand. Right PINs cost nothing: a
minute without a wrong one, and the whole room goes through.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from lms.models import PinMachine

MOST_WRONG = 60
FORGOTTEN_AFTER = timedelta(minutes=1)  # each


def machine_wait(address: str) -> int:
    """Seconds until a PIN typed on this machine is looked at; 0 = now."""
    machine = PinMachine.objects.select_for_update().filter(address=address).first()
    if machine is None:
        return 0
    over = _wrong_now(machine, timezone.now()) - (MOST_WRONG - 1)
    return max(1, int(over * FORGOTTEN_AFTER.total_seconds())) if over > 0 else 0


def note_wrong(address: str) -> None:
    """Count one wrong PIN; forget the machines that have none left."""
    now = timezone.now()
    PinMachine.objects.filter(noted_at__lt=now - MOST_WRONG * FORGOTTEN_AFTER).delete()
    machine = PinMachine.objects.select_for_update().filter(address=address).first()
    wrong = _wrong_now(machine, now) if machine else 0.0
    PinMachine.objects.update_or_create(
        address=address, defaults={"wrong": wrong + 1, "noted_at": now}
    )


def _wrong_now(machine: PinMachine, now: datetime) -> float:
    """A clock before the last wrong PIN went back: then nothing is forgotten yet."""
    passed = max(now - machine.noted_at, timedelta(0))
    return max(0.0, machine.wrong - passed / FORGOTTEN_AFTER)
