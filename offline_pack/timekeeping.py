"""Right times that pass between centre and telecentre, and what is made of them on both sides."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.clock import confirm_time, learn_time, save_time
from lms.models import Device
from lms.moments import MINUTE, Mark
from lms.placing import note_mark, place_device
from lms.progress import derive
from lms.recording import own_device
from offline_pack.trust.hearing import newest_signed

logger = logging.getLogger(__name__)

ON_THE_LINE = 10 * MINUTE
"""How long a batch may have been under way, on a line that is just not given up."""


def met_device(device: Device, *, boot_id: UUID, mono_ms: int) -> None:
    """At the centre: the device's own clock showed this when it sent what has just come in.

    Only for what came over a line: a stick may have been under way for weeks.
    """
    now_ms = time.time_ns() // 1_000_000
    _note(device, boot_id=boot_id, mark=Mark(mono_ms, now_ms, ON_THE_LINE))


def heard_time(at: datetime, *, asked_ms: int, answered_ms: int) -> None:
    """At a telecentre: the centre signed ``at`` between these times of this boot's own clock."""
    try:
        fix = learn_time(int(at.timestamp() * 1000), asked_ms=asked_ms, answered_ms=answered_ms)
    except OSError as error:  # a full disk: the results matter more than the time
        logger.warning("the time could not be kept: %s", error)
        return
    mark = Mark(fix.mono_ms, fix.at_ms, fix.within_ms)
    _note(own_device(), boot_id=fix.boot_id, mark=mark)


def told_time(at: datetime, *, by: str) -> None:
    """At a telecentre: a person said what time it is. Raises ``ClockTimeError``."""
    confirm_time(at, by=by)
    derive(place_device(own_device()))


def remember_time() -> None:
    """At a telecentre, every ten minutes: how late it is at least."""
    save_time(signed=newest_signed())


@transaction.atomic
def _note(device: Device, *, boot_id: UUID, mark: Mark) -> None:
    if note_mark(device, boot_id=boot_id, mark=mark):
        derive(place_device(device))
