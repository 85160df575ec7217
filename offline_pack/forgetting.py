"""Telecentres forget who was erased at the centre, and say so.

What a device says counts, not what was sent to it: it may be a stick that never arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.models import Device, Erasure, Learner, Statement, Telecentre
from lms.people.erasing import erased_among, line_without_profile
from offline_pack.models import (
    ErasurePlace,
    ErasureReport,
    QuarantinedFact,
    Snapshot,
    SnapshotKind,
)

Listed = Mapping[str, Any]
"""The document of a roster."""


@dataclass(frozen=True, slots=True)
class Place:
    telecentre: Telecentre
    told_at: datetime | None  # when the last of its devices said it is done; None: it is not
    waits_for: tuple[str, ...]  # devices that have not said so; empty and None: none is paired


@dataclass(frozen=True, slots=True)
class Forgotten:
    erasure: Erasure
    places: tuple[Place, ...]

    @property
    def is_done(self) -> bool:
        return all(place.told_at for place in self.places)


@dataclass(frozen=True, slots=True)
class Lost:
    """Erased once, says a telecentre; this centre, put back from an old copy, knows them."""

    learner: Learner
    telecentres: tuple[str, ...]


def forget_at_the_centre(learner_ids: Collection[UUID]) -> None:
    """Note where they were known; take their names out of what is kept for telecentres."""
    snapshots = Snapshot.objects.filter(kind=SnapshotKind.ROSTER)
    places = {(row.pk, row.telecentre_id) for row in Learner.objects.filter(pk__in=learner_ids)}
    told = Statement.objects.filter(
        learner_id__in=learner_ids, epoch__device__telecentre__isnull=False
    )
    places |= set(
        told.order_by().values_list("learner_id", "epoch__device__telecentre").distinct()
    )
    names = erased_among(learner_ids)
    for snapshot in snapshots:
        listed = _blank(snapshot.document, names)
        if listed:
            snapshot.save(update_fields=["document"])
            places |= {(learner_id, snapshot.telecentre_id) for learner_id in listed}
    ErasurePlace.objects.bulk_create(
        [
            ErasurePlace(learner_id=learner, telecentre_id=place)
            for learner, place in sorted(places)
        ],
        ignore_conflicts=True,
    )
    _blank_set_aside(names)


def note_who_leaves(telecentre: Telecentre, before: Listed, now: Listed) -> None:
    """Their names stay there: should they be erased one day, it must hear of it."""
    gone = _ids(before) - _ids(now)
    ErasurePlace.objects.bulk_create(
        [ErasurePlace(learner_id=learner, telecentre=telecentre) for learner in sorted(gone)],
        ignore_conflicts=True,
    )


def _ids(roster: Listed) -> set[UUID]:
    return {UUID(item["id"]) for item in roster.get("learners", [])}


def known_at(telecentre: Telecentre, learner_ids: Collection[UUID]) -> set[UUID]:
    """Those of them who are on its list or were, or of whom it told."""
    here = Learner.objects.filter(pk__in=learner_ids, telecentre=telecentre)
    left = ErasurePlace.objects.filter(learner_id__in=learner_ids, telecentre=telecentre)
    told = Statement.objects.filter(
        learner_id__in=learner_ids, epoch__device__telecentre=telecentre
    )
    return {
        *here.values_list("pk", flat=True),
        *left.values_list("learner_id", flat=True),
        *told.order_by().values_list("learner_id", flat=True).distinct(),
    }


def erased_at(telecentre: Telecentre) -> list[dict[str, str]]:
    """What the roster of a telecentre says of them."""
    places = ErasurePlace.objects.filter(telecentre=telecentre).values("learner_id")
    return [
        {"id": row.pk.hex, "name": row.pseudonym}
        for row in Erasure.objects.filter(pk__in=places).order_by("pk")
    ]


def forgotten_people() -> list[Forgotten]:
    """The newest first, each with where it is done; four queries, however many."""
    places: dict[UUID, list[Telecentre]] = {}
    for place in ErasurePlace.objects.select_related("telecentre").order_by("telecentre__name"):
        places.setdefault(place.learner_id, []).append(place.telecentre)
    reports = {(row.learner_id, row.device_id): row.told_at for row in ErasureReport.objects.all()}
    devices: dict[UUID | None, list[Device]] = {}
    for device in (
        Device.objects.filter(revoked_at=None, is_self=False).exclude(keys=None).distinct()
    ):
        devices.setdefault(device.telecentre_id, []).append(device)
    return [
        Forgotten(
            erasure=row,
            places=tuple(
                _place(where, row.pk, devices.get(where.pk, []), reports)
                for where in places.get(row.pk, [])
            ),
        )
        for row in Erasure.objects.select_related("erased_by")
    ]


def lost_erasures() -> list[Lost]:
    reports = ErasureReport.objects.exclude(learner_id__in=Erasure.objects.values("pk"))
    where: dict[UUID, list[str]] = {}
    for row in reports.select_related("device__telecentre").order_by("device__telecentre__name"):
        name = row.device.telecentre.name if row.device.telecentre else str(row.device)
        where.setdefault(row.learner_id, []).append(name)
    known = Learner.objects.filter(pk__in=where).select_related("telecentre")
    return [Lost(row, tuple(dict.fromkeys(where[row.pk]))) for row in known.order_by("pk")]


def _place(
    telecentre: Telecentre,
    learner_id: UUID,
    devices: Iterable[Device],
    reports: dict[tuple[UUID, UUID], datetime],
) -> Place:
    told = {device: reports.get((learner_id, device.pk)) for device in devices}
    dates = [at for at in told.values() if at]
    is_done = bool(told) and len(dates) == len(told)
    return Place(
        telecentre=telecentre,
        told_at=max(dates) if is_done else None,
        waits_for=tuple(str(device) for device, at in told.items() if at is None),
    )


def nameless(roster: Listed) -> dict[str, Any]:
    """As a telecentre keeps it: a centre put back from an old copy names who is forgotten."""
    kept = {**roster, "learners": [dict(item) for item in roster.get("learners", [])]}
    _blank(kept, erased_among([UUID(item["id"]) for item in kept["learners"]]))
    return kept


def _blank(document: dict[str, Any], names: Mapping[UUID, str]) -> set[UUID]:
    """Leave of these learners an id and a pseudonym; returns who was on the list."""
    found = set()
    for item in document.get("learners", []):
        if (learner_id := UUID(item["id"])) in names:
            item.update(
                name=names[learner_id], sex="", birth_year=None, region="", organisation=""
            )
            found.add(learner_id)
    return found


def lines_about(learner_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """What is set aside about somebody, for their copy of all that is held."""
    return [
        {
            "received_at": fact.received_at,
            "code": fact.code,
            "line": line.decode("utf-8", "replace"),
        }
        for fact, line, _learner_id in _set_aside_about(learner_ids)
    ]


def _blank_set_aside(names: dict[UUID, str]) -> None:
    for fact, line, learner_id in _set_aside_about(names):
        clean = line_without_profile(line, names[learner_id])
        if clean != line:
            QuarantinedFact.objects.filter(pk=fact.pk).update(line=clean)


def _set_aside_about(
    learner_ids: Collection[UUID],
) -> Iterator[tuple[QuarantinedFact, bytes, UUID]]:
    """Which line speaks of whom, only its bytes say."""
    for fact in QuarantinedFact.objects.iterator(200):
        line = bytes(fact.line)
        for learner_id in learner_ids:
            if learner_id.hex.encode() in line:
                yield fact, line, learner_id
