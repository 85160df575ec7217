"""What this app does when the floor below announces something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lms.people.record import register_holder
from lms.signals import people_erased, statements_merged
from offline_pack.conf import is_centre
from offline_pack.forgetting import forget_at_the_centre, lines_about
from offline_pack.sync.pending import forget_pending
from offline_pack.telecentres.releasing import release_for


def connect() -> None:
    register_holder("set_aside", lines_about)
    people_erased.connect(forget_people, dispatch_uid="offline_pack.signal_handlers.forget_people")
    statements_merged.connect(
        use_what_waited, dispatch_uid="offline_pack.signal_handlers.use_what_waited"
    )


def forget_people(*, learner_ids: frozenset[UUID], **_others: Any) -> None:
    if is_centre():
        forget_at_the_centre(learner_ids)
        forget_pending()


def use_what_waited(*, arrived: frozenset[UUID], **_others: Any) -> None:
    """Facts of one stream may come before the learner, who was made in another."""
    if arrived:
        release_for(arrived)
