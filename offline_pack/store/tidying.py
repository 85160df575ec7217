"""Collecting by itself: once a start, and again when something changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from courses.models import Course
from offline_pack.errors import ImportBusyError
from offline_pack.models import Job, Release
from offline_pack.store.collecting import Collected, collect_garbage

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tidied:
    """What this process found at its last collection."""

    standing: tuple[Any, ...] = ()


_tidied = _Tidied()


def tidy_store() -> Collected | None:
    """Collect, unless nothing changed since, or a pack is about to be installed.

    An import that a power cut stopped has brought files that no version claims yet.
    """
    if Job.objects.unfinished().filter(kind="import").exists():
        return None
    standing = _standing()
    if standing == _tidied.standing:
        return None
    try:
        collected = collect_garbage()
    except ImportBusyError:
        return None
    if collected.blobs:
        logger.info("deleted %d files that no version needs", collected.blobs)
    _tidied.standing = _standing()
    return collected


def _standing() -> tuple[Any, ...]:
    """All that decides what is needed: it is small, where the store is large."""
    releases = Release.objects.kept().order_by("pk").values_list("pk", "boot_id")
    courses = Course.objects.current().order_by("pk").values_list("pk", "version")
    return (*releases, *courses)
