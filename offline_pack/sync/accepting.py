"""At the centre: take a batch, whole, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lms.fact import FIRST_HASH, Fact
from lms.models import Device, Epoch, Learner, Statement, Verb
from lms.recording import merge_statements
from lms.streams import step_over
from offline_pack.models import QuarantinedFact, Snapshot, SnapshotKind
from offline_pack.sync.envelope import Batch, Header
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.reading import UnusableFactError, read_fact

REPEATED = "repeated"  # a fact held already in another place: a fork healed; nothing to look at


@dataclass(frozen=True, slots=True)
class Accepted:
    stored: int  # the cursor
    durable: int
    rejected: tuple[tuple[int, str], ...]  # sequence, code


@dataclass(frozen=True, slots=True)
class _Sorted:
    sequence: int
    line: bytes
    chain_hash: bytes
    fact: Fact | None
    code: str = ""


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
        _read(line, sequence=first + place, chain_hash=hashes[place])
        for place, line in enumerate(batch.lines)
        if first + place > held
    ]
    _store(epoch, _in_scope(_without_known_ids(fresh), device=device))
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
    held = _held_hashes(epoch, first - 1, first + len(hashes) - 1)
    told = {first - 1: header.prev_h}
    told |= {first + place: chain_hash for place, chain_hash in enumerate(hashes)}
    for sequence in sorted(held):
        if held[sequence] != told[sequence]:
            # Before the batch the stories may have parted anywhere: all of it is to come again.
            at = sequence if sequence >= first else 1
            raise RefusalError(409, "fork", at=at, h=held[sequence].hex())


def _held_hashes(epoch: Epoch, first: int, last: int) -> dict[int, bytes]:
    held = {0: FIRST_HASH} if first == 0 else {}
    if first <= epoch.last_sequence <= last:
        held[epoch.last_sequence] = bytes(epoch.last_hash)
    if first >= epoch.last_sequence:  # nothing overlaps: the usual batch
        return held
    for rows in (epoch.statements, epoch.quarantined):
        found = rows.filter(sequence__range=(first, last)).values_list("sequence", "chain_hash")
        held |= {sequence: bytes(chain_hash) for sequence, chain_hash in found}
    return held


def _read(line: bytes, *, sequence: int, chain_hash: bytes) -> _Sorted:
    try:
        return _Sorted(sequence, line, chain_hash, read_fact(line, sequence=sequence))
    except UnusableFactError as error:
        return _Sorted(sequence, line, chain_hash, None, error.code)


def _without_known_ids(fresh: Sequence[_Sorted]) -> list[_Sorted]:
    ids = [item.fact.id for item in fresh if item.fact]
    known = {row.pk: row.fact() for row in Statement.objects.filter(pk__in=ids)}
    checked: list[_Sorted] = []
    for item in fresh:
        fact = item.fact
        if fact is None:
            checked.append(item)
            continue
        before = known.get(fact.id)
        if before is None:
            known[fact.id] = fact
            checked.append(item)
        else:
            same = replace(before, sequence=fact.sequence) == fact
            checked.append(_set_aside(item, REPEATED if same else "used_id"))
    return checked


def _in_scope(items: Sequence[_Sorted], *, device: Device) -> list[_Sorted]:
    """A device speaks for its own telecentre's people, and makes new ones."""
    named = {item.fact.learner_id for item in items if item.fact}
    named |= {item.fact.object_id for item in items if item.fact and _creates(item.fact)}
    homes = dict(Learner.objects.filter(pk__in=named).values_list("pk", "telecentre_id"))
    own = {pk for pk, home in homes.items() if home == device.telecentre_id}
    if foreign := homes.keys() - own:
        own |= foreign & _last_roster(device)
    checked: list[_Sorted] = []
    for item in items:
        code = _scope_fault(item.fact, own=own, known=homes.keys()) if item.fact else ""
        if item.fact and not code and _creates(item.fact):
            own.add(item.fact.object_id)
        checked.append(_set_aside(item, code) if code else item)
    return checked


def _scope_fault(fact: Fact, *, own: set[UUID], known: Iterable[UUID]) -> str:
    about = fact.object_id if _creates(fact) else fact.learner_id
    if about in own:
        return ""
    if about in known:
        return "foreign_learner"
    return "" if _creates(fact) and fact.learner_id == about else "unknown_learner"


def _creates(fact: Fact) -> bool:
    return fact.verb == Verb.LEARNER_CREATED


def _last_roster(device: Device) -> set[UUID]:
    """Learners on the roster last sent there: one who moved away since may still have facts."""
    documents = Snapshot.objects.filter(
        telecentre__devices=device, kind=SnapshotKind.ROSTER
    ).values_list("document", flat=True)
    listed: list[dict[str, Any]] = [
        item for document in documents for item in document["learners"]
    ]
    return {UUID(learner["id"]) for learner in listed}


def _set_aside(item: _Sorted, code: str) -> _Sorted:
    return replace(item, fact=None, code=code)


def _store(epoch: Epoch, items: Sequence[_Sorted]) -> None:
    """Run by run, in the order of the stream: usable facts merged, others stepped over."""
    aside = [item for item in items if item.fact is None]
    QuarantinedFact.objects.bulk_create(_quarantined(epoch, item) for item in aside)
    for usable, run in groupby(items, key=lambda item: item.fact is not None):
        found = list(run)
        if usable:
            merge_statements(epoch, [item.fact for item in found if item.fact])
        else:
            step_over(epoch, sequence=found[-1].sequence, chain_hash=found[-1].chain_hash)


def _quarantined(epoch: Epoch, item: _Sorted) -> QuarantinedFact:
    return QuarantinedFact(
        epoch=epoch,
        sequence=item.sequence,
        code=item.code,
        line=item.line,
        chain_hash=item.chain_hash,
        released_at=timezone.now() if item.code == REPEATED else None,
    )


def _rejected(epoch: Epoch, first: int, last: int) -> tuple[tuple[int, str], ...]:
    if last < first:
        return ()
    rows = epoch.quarantined.filter(sequence__range=(first, last)).exclude(code=REPEATED)
    return tuple(rows.order_by("sequence").values_list("sequence", "code"))
