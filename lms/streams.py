"""What happens to a stream of facts other than growing: forks healed, unusable facts passed over.

A fact's place (epoch, sequence, chain hash) says how it travels, not what happened: it may change
as long as no other machine holds the fact in that place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lms.fact import FIRST_HASH
from lms.models import ClockMark, Device, Epoch, Statement
from lms.progress import derive
from lms.recording import own_device, own_epoch, start_new_epoch

CHUNK = 500


@transaction.atomic
def carry_into_new_epoch(epoch: Epoch, *, after: int) -> Epoch:
    """Give the facts of this machine's ``epoch`` above ``after`` places in its newest epoch.

    An open epoch is closed first. Facts keep their ids: whoever holds one already knows it again.
    """
    target = own_epoch()
    # Within a stream facts stand in the order they were made: older ones never follow newer ones.
    if epoch.closed_at is None or target.last_sequence:
        target = start_new_epoch()
    previous, sequence = bytes(target.last_hash), target.last_sequence
    for rows in _in_chunks(epoch, after=after):
        for row in rows:
            sequence += 1
            row.epoch, row.sequence = target, sequence
            row.chain_hash = previous = row.fact().hash_after(previous)
        Statement.objects.bulk_update(rows, ("epoch", "sequence", "chain_hash"))
    Epoch.objects.filter(pk=target.pk).update(last_sequence=sequence, last_hash=previous)
    Epoch.objects.filter(pk=epoch.pk).update(
        last_sequence=after,
        last_hash=_hash_found(epoch, after) or FIRST_HASH,  # lost: nobody asks a closed epoch
        acknowledged=min(epoch.acknowledged, after),
        durable=min(epoch.durable, after),
        closed_at=epoch.closed_at or timezone.now(),
    )
    target.refresh_from_db()
    return target


@transaction.atomic
def become_device(device_id: UUID) -> Device:
    """Go by the id under which the centre knows this machine's keys; its streams go with it."""
    before = own_device()
    if before.pk == device_id:
        return before
    Device.objects.filter(pk=before.pk).update(is_self=False)
    device, _created = Device.objects.update_or_create(
        pk=device_id,
        defaults={"telecentre": before.telecentre, "name": before.name, "is_self": True},
    )
    for model in (Epoch, ClockMark):
        model._default_manager.filter(device=before).update(device=device)
    before.delete()
    return device


def step_over(epoch: Epoch, *, sequence: int, chain_hash: bytes) -> None:
    """Hold ``epoch`` up to ``sequence``, whose fact could not become a statement."""
    Epoch.objects.filter(pk=epoch.pk).update(last_sequence=sequence, last_hash=chain_hash)


@transaction.atomic
def take_out(statements: Sequence[Statement]) -> None:
    """Leave the places of these empty, and draw the conclusions without them.

    For facts that are not believed any more; the caller keeps them elsewhere.
    """
    Statement.objects.filter(pk__in=[row.pk for row in statements]).delete()
    derive({(row.learner_id, row.course_id) for row in statements if row.course_id})


def hash_at(epoch: Epoch, sequence: int) -> bytes:
    """The chain hash after fact ``sequence``; raises ``Statement.DoesNotExist``."""
    if sequence == 0:
        return FIRST_HASH
    found = _hash_found(epoch, sequence)
    if found is None:
        raise Statement.DoesNotExist(f"epoch {epoch.pk} has no fact {sequence}")
    return found


def _hash_found(epoch: Epoch, sequence: int) -> bytes | None:
    place = epoch.statements.filter(sequence=sequence).values_list("chain_hash", flat=True)
    found = place.first()
    return None if found is None else bytes(found)


def _in_chunks(epoch: Epoch, *, after: int) -> Iterator[list[Statement]]:
    """Chunk after chunk, each read once the one before it has moved away."""
    waiting = Statement.objects.of_epoch(epoch.pk).filter(sequence__gt=after)
    while rows := list(waiting[:CHUNK]):
        yield rows
