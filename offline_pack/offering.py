"""At the centre: the packs that telecentres are offered, as the list that goes down says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from offline_pack.models import Pack


def packs_on_offer() -> list[dict[str, Any]]:
    """The newest version of each course in its widest choice, and the deltas that lead to it."""
    by_course: dict[UUID, list[Pack]] = defaultdict(list)
    packs = Pack.objects.on_offer().select_related("course")
    for pack in packs.order_by("course_id", "version", "created_at"):
        by_course[pack.course_id].append(pack)
    offers = (_offer(packs) for packs in by_course.values())
    return [offer for offer in offers if offer]


def _offer(packs: list[Pack]) -> dict[str, Any] | None:
    whole = [pack for pack in packs if pack.base_version is None]
    if not whole:
        return None
    widest = max(whole, key=lambda pack: (pack.version, pack.choice.rank, pack.created_at))
    deltas = [
        pack
        for pack in packs
        if pack.base_version is not None
        and (pack.version, pack.choice) == (widest.version, widest.choice)
    ]
    return {
        "course": widest.course_id.hex,
        "slug": widest.course.slug,
        "title": widest.course.title,
        "version": widest.version,
        **_file(widest),
        "deltas": _deltas(deltas),
        **({"news": widest.news} if widest.news else {}),
    }


def _deltas(packs: Iterable[Pack]) -> list[dict[str, Any]]:
    return [
        {
            "base_version": pack.base_version,
            "base_manifest_sha256": pack.base_sha256,
            **_file(pack),
        }
        for pack in sorted(packs, key=lambda pack: (-(pack.base_version or 0), pack.pk))
    ]


def _file(pack: Pack) -> dict[str, Any]:
    """What the pack is and where; ``volumes`` only when it stands in several files."""
    document: dict[str, Any] = {
        "manifest_sha256": pack.manifest_sha256,
        "size": pack.size,
        "path": pack.get_absolute_url(),
    }
    return document | {"volumes": pack.volumes} if pack.volumes > 1 else document
