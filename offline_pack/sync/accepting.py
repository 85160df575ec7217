"""At the centre: take a batch, whole, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from lms.fact import FIRST_HASH
from lms.models import Device, Epoch
from lms.streams import step_over
from offline_pack.models import QuarantinedFact
from offline_pack.sync.envelope import Batch, Header
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.folding import merge_what_folds
from offline_pack.sync.sorting import ERASED, REPEATED, Sorted, put_aside, sort_lines, speaks_of

AFTER_THEFT = "after_theft"


@dataclass(frozen=True, slots=True)
class Accepted:
    stored: int  # the cursor
    durable: int
    rejected: tuple[tuple[int, str], ...]  # sequence, code


@transaction.atomic
def accept_batch(batch: Batch, *, device: Device) -> Accepted:
    """Store what is new and move the cursor; the same batch again changes nothing.

    Raises ``RefusalError`` for a gap, a fork or another device's epoch; then nothing is stored.
    """
    epoch = _locked_epoch(batch.header, device)
    held = epoch.last_sequence
    _refuse_gap(epoch, batch.header)
    hashes = batch.chain()
    _refuse_fork(epoch, batch.header, hashes)
    first = batch.header.first_seq
    fresh = [
        (first + place, line, hashes[place])
        for place, line in enumerate(batch.lines)
        if first + place > held
    ]
    items = _believed(sort_lines(fresh, device=device), device)
    _store(epoch, items, more=batch.header.left > 0)
    last = first + len(batch.lines) - 1
    return Accepted(
        stored=max(held, last), durable=epoch.durable, rejected=_rejected(epoch, first, last)
    )


def _locked_epoch(header: Header, device: Device) -> Epoch:
    epochs = Epoch.objects.select_for_update(of=("self",))
    epoch = epochs.filter(pk=header.epoch).first()
    if epoch is None:
        if header.first_seq > 1:
            raise _gap(header, held=0)
        Epoch.objects.get_or_create(pk=header.epoch, defaults={"device": device})
        epoch = epochs.get(pk=header.epoch)
    if epoch.device_id != device.pk:
        raise RefusalError(403, "other_device")
    return epoch


def _refuse_gap(epoch: Epoch, header: Header) -> None:
    if header.first_seq > epoch.last_sequence + 1:
        raise _gap(header, held=epoch.last_sequence)


def _gap(header: Header, *, held: int) -> RefusalError:
    need = [{"from": held + 1, "to": header.first_seq - 1}]
    return RefusalError(412, "gap", need=need, stored=held)


def _refuse_fork(epoch: Epoch, header: Header, hashes: Sequence[bytes]) -> None:
    """What is held must be what is told again, the hash before the batch included."""
    first = header.first_seq
    held = held_hashes(epoch, first - 1, first + len(hashes) - 1)
    told = {first - 1: header.prev_h}
    told |= {first + place: chain_hash for place, chain_hash in enumerate(hashes)}
    for sequence in sorted(held):
        if held[sequence] != told[sequence]:
            # Before the batch the stories may have parted anywhere: all of it is to come again.
            at = sequence if sequence >= first else 1
            raise RefusalError(409, "fork", at=at, h=held[sequence].hex())


def held_hashes(epoch: Epoch, first: int, last: int) -> dict[int, bytes]:
    """The chain hashes after those sequences, as far as they are held."""
    held = {0: FIRST_HASH} if first == 0 else {}
    if first <= epoch.last_sequence <= last:
        held[epoch.last_sequence] = bytes(epoch.last_hash)
    if first >= epoch.last_sequence:  # nothing overlaps: the usual batch
        return held
    for rows in (epoch.statements, epoch.quarantined):
        found = rows.filter(sequence__range=(first, last)).values_list("sequence", "chain_hash")
        held |= {sequence: bytes(chain_hash) for sequence, chain_hash in found}
    return held


def _believed(items: list[Sorted], device: Device) -> list[Sorted]:
    """Whatever comes from a stolen device now was, for all we know, made by the thief."""
    # Read anew: it may have been reported while this batch waited for its turn.
    if not Device.objects.filter(pk=device.pk).exclude(stolen_at=None).exists():
        return items
    return [put_aside(item, AFTER_THEFT) if item.fact else item for item in items]


def _store(epoch: Epoch, items: Sequence[Sorted], *, more: bool) -> None:
    """Run by run, in the order of the stream: usable facts merged, others stepped over."""
    for usable, run in groupby(items, key=lambda item: item.fact is not None):
        found = list(run)
        if usable:
            found = merge_what_folds(epoch, found, more=more)
        else:
            step_over(epoch, sequence=found[-1].sequence, chain_hash=found[-1].chain_hash)
        aside = [_quarantined(epoch, item) for item in found if item.fact is None]
        QuarantinedFact.objects.bulk_create(aside)


def _quarantined(epoch: Epoch, item: Sorted) -> QuarantinedFact:
    return QuarantinedFact(
        epoch=epoch,
        sequence=item.sequence,
        code=item.code,
        learner_id=speaks_of(item),
        line=item.line,
        chain_hash=item.chain_hash,
        released_at=timezone.now() if item.code == REPEATED else None,
        kept_at=timezone.now() if item.code == ERASED else None,  # nothing to decide
    )


def _rejected(epoch: Epoch, first: int, last: int) -> tuple[tuple[int, str], ...]:
    if last < first:
        return ()
    rows = epoch.quarantined.filter(sequence__range=(first, last), released_at=None)
    return tuple(rows.order_by("sequence").values_list("sequence", "code"))
