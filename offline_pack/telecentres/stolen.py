"""At the centre: withdraw a device, and set aside what came from it after it was stolen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lms.fact import canonical_text
from lms.models import Device, Statement
from lms.streams import take_out
from offline_pack.models import DeviceKey, PairingCode, PairingRequest, QuarantinedFact
from offline_pack.sync.accepting import AFTER_THEFT
from offline_pack.sync.errors import StolenDeviceError, TheftInFutureError
from offline_pack.sync.sorting import learner_of

CHUNK = 500


@transaction.atomic
def revoke_device(device_id: UUID, *, stolen_at: datetime | None = None) -> Device:
    """Withdraw a device: it is refused from now on.

    With ``stolen_at``, what the centre received since is set aside; without, its past facts stay.
    A date can be told, or put earlier, of a device withdrawn before. Raises
    ``TheftInFutureError``.
    """
    now = timezone.now()
    if stolen_at and stolen_at > now:
        raise TheftInFutureError(stolen_at.isoformat())
    device = Device.objects.select_for_update(of=("self",)).get(pk=device_id)
    device.revoked_at = device.revoked_at or now
    if stolen_at and (device.stolen_at is None or stolen_at < device.stolen_at):
        device.stolen_at = stolen_at
        _set_aside_since(device, stolen_at)
    device.save(update_fields=["revoked_at", "stolen_at"])
    keys = DeviceKey.objects.filter(device=device)
    keys.filter(revoked_at=None).update(revoked_at=now)
    PairingCode.objects.filter(used_by__in=keys.values("key_id")).delete()
    PairingRequest.objects.filter(pk__in=keys.values("key_id")).delete()
    return device


@transaction.atomic
def reinstate_device(device_id: UUID) -> Device:
    """Take back a withdrawal that was a mistake: what waits on the device may come.

    Raises ``StolenDeviceError``: somebody else may hold its keys as well.
    """
    device = Device.objects.select_for_update(of=("self",)).get(pk=device_id)
    if device.stolen_at is not None:
        raise StolenDeviceError(f"{device} was stolen")
    device.revoked_at = None
    device.save(update_fields=["revoked_at"])
    DeviceKey.objects.filter(device=device).update(revoked_at=None)
    return device


def _set_aside_since(device: Device, moment: datetime) -> None:
    """By the centre's clock: whoever holds the device sets its clock as they like."""
    list(device.epochs.select_for_update().order_by("pk"))  # no batch comes in meanwhile
    told = Statement.objects.filter(epoch__device=device, received_at__gte=moment)
    while rows := list(told.order_by("epoch_id", "sequence")[:CHUNK]):
        take_out(rows)
        QuarantinedFact.objects.bulk_create(
            (_quarantined(row) for row in rows),
            update_conflicts=True,  # released before: its row is still there
            unique_fields=("epoch", "sequence"),
            update_fields=("code", "released_at", "kept_at"),
        )


def _quarantined(row: Statement) -> QuarantinedFact:
    fact = row.fact()
    return QuarantinedFact(
        epoch_id=row.epoch_id,
        sequence=row.sequence,
        code=AFTER_THEFT,
        learner_id=learner_of(fact),
        line=canonical_text(fact.to_wire()).encode("ascii"),
        chain_hash=bytes(row.chain_hash),
    )
