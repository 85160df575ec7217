"""How the store is, for the manager's pages."""

from __future__ import annotations

from dataclasses import dataclass

from offline_pack.conf import reserve_bytes
from offline_pack.reserve import disk_warning, free_bytes
from offline_pack.store.collecting import reclaimable_bytes
from offline_pack.store.repairing import DamagedCourse, damaged_courses
from offline_pack.words.explain import Explanation

_SHORT = 2  # times the reserve


@dataclass(frozen=True, slots=True)
class StoreHealth:
    free: int  # bytes
    warning: Explanation | None  # the disk is full
    reclaimable: int  # bytes that old versions take; only worked out when space is short
    damaged: list[DamagedCourse]


def store_health() -> StoreHealth:
    free = free_bytes()
    return StoreHealth(
        free=free,
        warning=disk_warning(),
        reclaimable=reclaimable_bytes() if free < _SHORT * reserve_bytes() else 0,
        damaged=damaged_courses(),
    )
