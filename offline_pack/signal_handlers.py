"""What this app does when the floor below announces something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lms.person_record import register_holder
from lms.signals import people_erased
from offline_pack.conf import is_centre
from offline_pack.forgetting import forget_at_the_centre, lines_about


def connect() -> None:
    register_holder("set_aside", lines_about)
    people_erased.connect(forget_people, dispatch_uid="offline_pack.signal_handlers.forget_people")


def forget_people(*, learner_ids: frozenset[UUID], **_others: Any) -> None:
    if is_centre():
        forget_at_the_centre(learner_ids)
