"""What travels up about people who were erased: that it is done, or that the centre lost it."""

from __future__ import annotations

from uuid import UUID

from lms.models import Device, Erasure, Telecentre
from offline_pack.forgetting import known_at
from offline_pack.models import ErasurePlace, ErasureReport, Snapshot, SnapshotKind
from offline_pack.sync.envelope import Header


def erased_beyond_roster(telecentre: Telecentre) -> tuple[UUID, ...]:
    """At a telecentre: learners forgotten here whom the roster held does not name.

    The centre is told of them: it was put back from a copy made before. None, on nearly any day.
    """
    erased = set(Erasure.objects.values_list("learner_id", flat=True))
    if not erased:
        return ()
    held = Snapshot.objects.filter(telecentre=telecentre, kind=SnapshotKind.ROSTER).first()
    named = {UUID(item["id"]) for item in held.document.get("erased", [])} if held else set()
    return tuple(sorted(erased - named))


def note_forgotten(header: Header, device: Device) -> None:
    """At the centre: a device has forgotten those its roster names, and those it says."""
    told: set[UUID] = set()
    if header.erased and device.telecentre:
        told = known_at(device.telecentre, header.erased)
    due = ErasurePlace.objects.filter(telecentre=device.telecentre).exclude(
        learner_id__in=ErasureReport.objects.filter(device=device).values("learner_id")
    )
    if waiting := set(due.values_list("learner_id", flat=True)):
        told |= waiting & (_on_roster(header, device) | set(header.erased))
    ErasureReport.objects.bulk_create(
        [ErasureReport(learner_id=learner_id, device=device) for learner_id in sorted(told)],
        ignore_conflicts=True,
    )


def _on_roster(header: Header, device: Device) -> set[UUID]:
    """Those erased by the roster that the device says it holds."""
    _version, digest = header.have.get(SnapshotKind.ROSTER, (0, ""))
    sent = Snapshot.objects.filter(
        telecentre=device.telecentre, kind=SnapshotKind.ROSTER, digest=digest
    ).first()
    return {UUID(item["id"]) for item in sent.document.get("erased", [])} if sent else set()
