"""At the centre: how the telecentres stand, and what an operator does about their devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import cast
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.models import Course
from lms.models import Device, Telecentre
from offline_pack.models import InstalledPack, PendingBatch, QuarantinedFact
from offline_pack.telecentres.alarms import alarms_of, contact_of
from offline_pack.words.aside import explain_code
from offline_pack.words.explain import Explanation

KEEPS_WAITING = Exists(PendingBatch.objects.filter(device=OuterRef("pk"), refusal=""))
"""Of a device: whether boxes of it came before what they continue."""


@dataclass(frozen=True, slots=True)
class InUse:
    title: str
    versions: tuple[int, ...]  # several when the devices of a telecentre differ


@dataclass(frozen=True, slots=True)
class TelecentreRow:
    telecentre: Telecentre
    devices: int  # paired and not withdrawn
    withdrawn: int  # devices
    heard: datetime | None
    waiting: int  # facts that its devices said they still hold
    set_aside: int  # facts in quarantine that nobody has looked at
    software: tuple[str, ...]  # versions, as its devices said
    packs: tuple[InUse, ...]
    alarms: tuple[Explanation, ...]


def telecentre_rows(*, now: datetime | None = None) -> list[TelecentreRow]:
    """Every telecentre, those with an alarm first, in five queries however many there are."""
    now = now or timezone.now()
    devices: dict[UUID, list[Device]] = defaultdict(list)
    paired = Device.objects.exclude(keys=None).filter(telecentre__isnull=False).distinct()
    for device in paired.select_related("contact").annotate(keeps_waiting=KEEPS_WAITING):
        devices[cast("UUID", device.telecentre_id)].append(device)
    aside = dict(
        QuarantinedFact.objects.waiting()
        .values_list("epoch__device__telecentre")
        .annotate(count=Count("pk"))
        .order_by()
    )
    packs = _packs_in_use()
    rows = [
        _row(place, devices[place.pk], packs=packs, set_aside=aside.get(place.pk, 0), now=now)
        for place in Telecentre.objects.all()
    ]
    return sorted(rows, key=lambda row: not row.alarms)


def _row(
    place: Telecentre,
    devices: list[Device],
    *,
    packs: Mapping[UUID, tuple[InUse, ...]],
    set_aside: int,
    now: datetime,
) -> TelecentreRow:
    in_use = [device for device in devices if device.revoked_at is None]
    said = [contact for device in in_use if (contact := contact_of(device))]
    return TelecentreRow(
        telecentre=place,
        devices=len(in_use),
        withdrawn=len(devices) - len(in_use),
        heard=max((at for device in devices if (at := device.last_heard_at)), default=None),
        waiting=sum(contact.waiting for contact in said),
        set_aside=set_aside,
        software=tuple(sorted({contact.software for contact in said if contact.software})),
        packs=packs.get(place.pk, ()),
        alarms=alarms_at(in_use, now=now),
    )


def alarms_at(
    devices: Iterable[Device], *, now: datetime | None = None
) -> tuple[Explanation, ...]:
    """Of all its devices, each said once."""
    now = now or timezone.now()
    return tuple(dict.fromkeys(chain(*(alarms_of(device, now=now) for device in devices))))


def _packs_in_use() -> dict[UUID, tuple[InUse, ...]]:
    """By telecentre; a course this centre does not know goes by the start of its id."""
    rows = list(
        InstalledPack.objects.filter(device__revoked_at=None, device__telecentre__isnull=False)
        .order_by("version")
        .values_list("device__telecentre", "course_id", "version")
    )
    known = Course.objects.filter(pk__in={course for _place, course, _version in rows})
    titles = dict(known.values_list("pk", "title"))
    found: dict[UUID, dict[UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, course, version in rows:
        if version not in found[place][course]:
            found[place][course].append(version)
    return {
        place: tuple(
            sorted(
                (
                    InUse(titles.get(course) or course.hex[:8], tuple(versions))
                    for course, versions in courses.items()
                ),
                key=lambda pack: pack.title,
            )
        )
        for place, courses in found.items()
    }


def devices_of(telecentre: Telecentre) -> QuerySet[Device]:
    """Paired devices with their keys and what they last said."""
    paired = Device.objects.filter(telecentre=telecentre).exclude(keys=None).distinct()
    known = paired.select_related("contact").annotate(keeps_waiting=KEEPS_WAITING)
    return known.prefetch_related("keys").order_by("created_at")


def set_aside_at(telecentre: Telecentre) -> list[tuple[str, Explanation, int]]:
    """How many facts wait in quarantine, by reason."""
    waiting = QuarantinedFact.objects.waiting().filter(epoch__device__telecentre=telecentre)
    counted = waiting.values_list("code").annotate(count=Count("pk"))
    return [(code, explain_code(code), count) for code, count in counted.order_by("code")]
