"""At the centre: how the telecentres stand, and what an operator does about their devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from lms.models import Device, Telecentre
from offline_pack.aside_words import explain_code
from offline_pack.explain import Explanation
from offline_pack.models import QuarantinedFact


@dataclass(frozen=True, slots=True)
class TelecentreRow:
    telecentre: Telecentre
    devices: int  # paired and not withdrawn
    heard: datetime | None
    waiting: int  # facts that its devices said they still hold
    set_aside: int  # facts in quarantine that nobody has looked at
    forked: datetime | None  # when a device last told two stories


def telecentre_rows() -> list[TelecentreRow]:
    """Every telecentre, in three queries however many there are."""
    devices: dict[UUID, dict[str, Any]] = {
        row["telecentre"]: dict(row)
        for row in Device.objects.exclude(keys=None)
        .values("telecentre")
        .annotate(
            count=Count("pk", distinct=True, filter=Q(revoked_at=None)),
            heard=Max("last_heard_at"),
            waiting=Sum("contact__waiting", filter=Q(revoked_at=None)),
            forked=Max("contact__forked_at"),
        )
        .order_by()
    }
    aside = dict(
        QuarantinedFact.objects.waiting()
        .values_list("epoch__device__telecentre")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return [
        _row(place, devices.get(place.pk, {}), set_aside=aside.get(place.pk, 0))
        for place in Telecentre.objects.all()
    ]


def _row(place: Telecentre, devices: dict[str, Any], *, set_aside: int) -> TelecentreRow:
    return TelecentreRow(
        telecentre=place,
        devices=devices.get("count", 0),
        heard=devices.get("heard"),
        waiting=devices.get("waiting") or 0,
        set_aside=set_aside,
        forked=devices.get("forked"),
    )


def devices_of(telecentre: Telecentre) -> QuerySet[Device]:
    """Paired devices with their keys and what they last said."""
    paired = Device.objects.filter(telecentre=telecentre).exclude(keys=None).distinct()
    return paired.select_related("contact").prefetch_related("keys").order_by("created_at")


def set_aside_at(telecentre: Telecentre) -> list[tuple[str, Explanation, int]]:
    """How many facts wait in quarantine, by reason."""
    waiting = QuarantinedFact.objects.waiting().filter(epoch__device__telecentre=telecentre)
    counted = waiting.values_list("code").annotate(count=Count("pk"))
    return [(code, explain_code(code), count) for code, count in counted.order_by("code")]
