"""Four digits that open a learner's session at one telecentre.

A PIN is short, so guessing is slowed down, for good: five wrong ones, then a wait that doubles.
A machine that is wrong for many is slowed down as well (``lms.pin_machines``).
The counts lie in the database, so neither a restart nor a clock put back shortens a wait.
The hash is cheap on purpose: ten thousand PINs are tried in no time whatever the hash, and a
Raspberry Pi has thirty people at its door. The instance's secret key is mixed in, so that a copy
of the database alone gives nothing.

Somebody who was registered twice may have two PINs: each opens, until a new one takes the place of
both.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lms.errors import PinError
from lms.models import Learner
from lms.pin_machines import machine_wait, note_wrong

LENGTH = 4
FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
_TOO_PLAIN = ("0123456789", "9876543210")


class PinHasher(PBKDF2PasswordHasher):
    algorithm = "yelen_pin"
    iterations = 20_000


@dataclass(frozen=True, slots=True)
class PinCheck:
    is_right: bool
    wait: int = 0  # seconds until the next try is looked at; 0 = now
    by_machine: bool = False  # it is the machine that has to wait, not the learner


def set_pin(learner: Learner, pin: str) -> None:
    """Give the learner this PIN and forget wrong tries; raises ``PinError``."""
    if len(pin) != LENGTH or not pin.isascii() or not pin.isdigit():
        raise PinError
    hasher = PinHasher()
    learner.pin_hash = hasher.encode(_peppered(learner.pk, pin), hasher.salt())
    learner.pin_failures, learner.pin_blocked_until = 0, None
    learner.save(update_fields=["pin_hash", "pin_failures", "pin_blocked_until"])
    Learner.objects.filter(same_as=learner).update(pin_hash="")


def new_pin(learner: Learner) -> str:
    """Give the learner a new PIN and return it, for showing once."""
    pin = _random_pin()
    set_pin(learner, pin)
    return pin


@transaction.atomic
def check_pin(learner_id: UUID, pin: str, *, address: str = "") -> PinCheck:
    """Whether the PIN opens this learner's session; counts a wrong one.

    ``address`` is that of the machine it was typed on. While there is a wait, for the learner or
    for the machine, not even the right PIN is looked at.
    """
    learner = Learner.objects.active().select_for_update().get(pk=learner_id)
    now = timezone.now()
    if wait := _remaining_wait(learner, now):
        return PinCheck(is_right=False, wait=wait)
    if address and (wait := machine_wait(address)):
        return PinCheck(is_right=False, wait=wait, by_machine=True)
    if _opens(learner, pin):
        if learner.pin_failures:
            _note(learner, failures=0, until=None)
        return PinCheck(is_right=True)
    if address:
        note_wrong(address)
    failures = learner.pin_failures + 1
    pause = wait_after(failures)
    _note(learner, failures=failures, until=now + pause if pause else None)
    return PinCheck(is_right=False, wait=int(pause.total_seconds()))


def _opens(learner: Learner, pin: str) -> bool:
    held = learner.rows().exclude(pin_hash="").values_list("pk", "pin_hash")
    return any(PinHasher().verify(_peppered(pk, pin), pin_hash) for pk, pin_hash in held)


def wait_after(failures: int) -> timedelta:
    """How long the next try has to wait after so many wrong ones in a row."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 10)
    return min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def _remaining_wait(learner: Learner, now: datetime) -> int:
    """Seconds left. A clock before the last failure went back: then it has just happened."""
    until, pause = learner.pin_blocked_until, wait_after(learner.pin_failures)
    if until is None or not pause or now >= until:
        return 0
    if now < until - pause:
        until = now + pause
        _note(learner, failures=learner.pin_failures, until=until)
    return max(1, int((until - now).total_seconds()))


def _note(learner: Learner, *, failures: int, until: datetime | None) -> None:
    learner.pin_failures, learner.pin_blocked_until = failures, until
    learner.save(update_fields=["pin_failures", "pin_blocked_until"])


def _peppered(learner_id: UUID, pin: str) -> str:
    return salted_hmac("lms.pins", f"{learner_id}:{pin}", algorithm="sha256").hexdigest()


def _random_pin() -> str:
    """Four digits, not all the same and not in a row."""
    while True:
        pin = f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"
        if len(set(pin)) > 2 and not any(pin in row for row in _TOO_PLAIN):  # noqa: PLR2004
            return pin
