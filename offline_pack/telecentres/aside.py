"""At the centre: what was set aside, as the operator's pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max

from offline_pack.models import QuarantinedFact
from offline_pack.models.quarantine import QuarantineQuerySet
from offline_pack.sync.sorting import REPEATED
from offline_pack.words.aside import explain_code
from offline_pack.words.explain import Explanation

SHOWN = 4096  # bytes of a fact on its page; the whole is a download
_PRINTABLE = range(0x20, 0x7F)


@dataclass(frozen=True, slots=True)
class AsideGroup:
    code: str
    words: Explanation
    telecentre_id: UUID
    telecentre: str
    waiting: int
    kept: int  # looked at, and left aside
    latest: datetime


def aside_groups() -> list[AsideGroup]:
    """By reason, then by telecentre, in one query."""
    aside = QuarantinedFact.objects.filter(released_at=None).exclude(code=REPEATED)
    place = "epoch__device__telecentre"
    counted = (
        aside.exclude(**{place: None})
        .values_list("code", place, f"{place}__name")
        .annotate(all=Count("pk"), kept=Count("kept_at"), latest=Max("received_at"))
        .order_by("code", f"{place}__name", place)
    )
    return [
        AsideGroup(
            code=code,
            words=explain_code(code),
            telecentre_id=telecentre_id,
            telecentre=name,
            waiting=count - kept,
            kept=kept,
            latest=latest,
        )
        for code, telecentre_id, name, count, kept, latest in counted
    ]


def aside_facts(code: str, *, telecentre_id: UUID) -> QuarantineQuerySet:
    """Those not released, with their devices; the ones nobody has looked at first."""
    found = QuarantinedFact.objects.filter(
        code=code, released_at=None, epoch__device__telecentre=telecentre_id
    )
    # Those never kept come first: null, which databases sort differently.
    ordered = found.order_by(
        F("kept_at").asc(nulls_first=True), "epoch__device__name", "epoch_id", "sequence"
    )
    return ordered.select_related("epoch__device").defer("line")


def shown_bytes(line: bytes, *, most: int = SHOWN) -> str:
    """ASCII that does nothing: every other byte is written as an escape."""
    return "".join(chr(byte) if byte in _PRINTABLE else f"\\x{byte:02x}" for byte in line[:most])
