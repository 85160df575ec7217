"""What this app does when the floor below announces something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lms.signals import statements_merged
from offline_pack.releasing import release_for


def connect() -> None:
    statements_merged.connect(
        use_what_waited, dispatch_uid="offline_pack.signal_handlers.use_what_waited"
    )


def use_what_waited(*, arrived: frozenset[UUID], **_others: Any) -> None:
    """Facts of one stream may come before the learner, who was made in another."""
    if arrived:
        release_for(arrived)
