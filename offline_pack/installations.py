"""Which version of which course is in use where: said by telecentres, kept at the centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.models import Course
from lms.models import Device
from offline_pack.models import InstalledPack


@dataclass(frozen=True, slots=True)
class Place:
    """A telecentre that has a course, as of what one of its devices said last."""

    name: str
    version: int
    heard: datetime | None


def versions_in_use() -> dict[UUID, int]:
    """At a telecentre: the version of each course that learners see."""
    return dict(Course.objects.current().values_list("pk", "version"))


@transaction.atomic
def note_installed(device: Device, installed: Mapping[UUID, int]) -> None:
    """At the centre: what a device has, in place of what it had; writes only what changed."""
    rows = InstalledPack.objects.filter(device=device)
    before = dict(rows.values_list("course_id", "version"))
    if before == dict(installed):
        return
    changed = {pk: version for pk, version in installed.items() if before.get(pk) != version}
    rows.exclude(course_id__in=installed.keys() - changed.keys()).delete()
    InstalledPack.objects.bulk_create(
        InstalledPack(device=device, course_id=pk, version=version, reported_at=timezone.now())
        for pk, version in changed.items()
    )


def places_by_course() -> dict[UUID, list[Place]]:
    """Who has which course, the newest version first; in one query.

    Devices that were withdrawn say nothing any more, so they do not count.
    """
    rows = InstalledPack.objects.filter(
        device__revoked_at=None, device__telecentre__isnull=False
    ).select_related("device__telecentre")
    found: dict[UUID, list[Place]] = defaultdict(list)
    for row in rows.order_by("-version", "device__telecentre__name", "device"):
        telecentre = row.device.telecentre
        if telecentre is not None:
            place = Place(telecentre.name, row.version, row.device.last_heard_at)
            found[row.course_id].append(place)
    return found
