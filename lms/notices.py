"""Short messages of the centre: which are to be read here today, and how they travel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.conf import is_telecentre
from lms.clock import read_clock
from lms.models import Notice, Telecentre

LONGEST_TITLE, LONGEST_TEXT = 120, 1000  # characters
MOST = 50  # notices held by one telecentre
_SLACK = timedelta(days=1)  # a telecentre may still live in yesterday


def today() -> date:
    """By the clock as it is known to be, not as the machine has it."""
    return timezone.localtime(read_clock().now).date()


def notices_here() -> list[Notice]:
    """At a telecentre, those to be read today; at the centre none, which only sends them."""
    return list(Notice.objects.on(today())) if is_telecentre() else []


def notices_document(telecentre: Telecentre) -> dict[str, Any]:
    """At the centre: those of a telecentre that are not over."""
    rows = Notice.objects.for_telecentre(telecentre).filter(ends_on__gte=today() - _SLACK)
    return {"notices": [_to_wire(row) for row in rows.order_by("-starts_on", "pk")[:MOST]]}


@transaction.atomic
def keep_notices(document: Mapping[str, Any]) -> None:
    """At a telecentre: exactly those of the list.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for what is no notice.
    """
    rows = [_from_wire(item) for item in document["notices"]]
    Notice.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    Notice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["texts", "starts_on", "ends_on", "event_on", "place"],
    )


def _to_wire(row: Notice) -> dict[str, Any]:
    return {
        "id": row.pk.hex,
        "texts": row.texts,
        "from": row.starts_on.isoformat(),
        "until": row.ends_on.isoformat(),
        "event_on": row.event_on.isoformat() if row.event_on else "",
        "place": row.place,
    }


def _from_wire(item: Mapping[str, Any]) -> Notice:
    event_on = item.get("event_on", "")
    return Notice(
        id=UUID(item["id"]),
        texts={
            str(language)[:12]: {
                "title": str(words["title"])[:LONGEST_TITLE],
                "text": str(words.get("text", ""))[:LONGEST_TEXT],
            }
            for language, words in item["texts"].items()
        },
        starts_on=date.fromisoformat(item["from"]),
        ends_on=date.fromisoformat(item["until"]),
        event_on=date.fromisoformat(event_on) if event_on else None,
        place=str(item.get("place", ""))[:120],
    )
