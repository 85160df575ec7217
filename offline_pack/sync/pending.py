"""At the centre: batches that came before the facts they continue, until those come."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from uuid import UUID

from lms.models import Device, Epoch
from lms.people.erasing import erased_among
from offline_pack.models import PendingBatch
from offline_pack.sync.accepting import Accepted, accept_batch
from offline_pack.sync.envelope import Batch, decode_batch
from offline_pack.sync.errors import RefusalError

ID = re.compile(rb"\b[0-9a-f]{32}\b")


def keep_pending(batch: Batch, body: bytes, *, device: Device) -> PendingBatch | None:
    """The same batch again is one row; one that names somebody erased is not kept.

    It is not told of as held, so the device sends it again.
    """
    if _names_the_erased(batch):
        return None
    row, _created = PendingBatch.objects.get_or_create(
        sha256=hashlib.sha256(body).hexdigest(),
        defaults={
            "device": device,
            "epoch": batch.header.epoch,
            "first_seq": batch.header.first_seq,
            "facts": batch.header.n,
            "body": body,
        },
    )
    return row


def forget_pending() -> None:
    """Keep none that names somebody erased: signed bytes cannot lose a name."""
    for row in PendingBatch.objects.iterator(20):
        if _names_the_erased(decode_batch(bytes(row.body))):
            row.delete()


def _names_the_erased(batch: Batch) -> bool:
    telling = b"\n".join(line for line in batch.lines if b'"profile"' in line)
    return bool(erased_among({UUID(found.decode()) for found in ID.findall(telling)}))


def take_pending(epoch_id: UUID, *, device: Device, accepted: Accepted) -> Accepted:
    """Take what continues the epoch now, however many; the cursor as it is then.

    A batch refused for another reason than a gap stays, with the reason.
    """
    taken = 0
    while row := _next(epoch_id, device):
        try:
            accept_batch(decode_batch(bytes(row.body)), device=device)
        except RefusalError as refusal:
            PendingBatch.objects.filter(pk=row.pk).update(refusal=refusal.code)
            continue
        row.delete()
        taken += 1
    if not taken:
        return accepted
    epoch = Epoch.objects.get(pk=epoch_id)
    return replace(accepted, stored=epoch.last_sequence, durable=epoch.durable)


def _next(epoch_id: UUID, device: Device) -> PendingBatch | None:
    held = Epoch.objects.values_list("last_sequence", flat=True).get(pk=epoch_id)
    rows = PendingBatch.objects.filter(epoch=epoch_id, device=device, refusal="")
    return rows.filter(first_seq__lte=held + 1).order_by("first_seq").first()
