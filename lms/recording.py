"""The writer of facts made here, and this machine's own stream; ``lms.merging`` writes others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from lms.clock import read_clock
from lms.errors import StatementError
from lms.fact import Fact
from lms.identifiers import new_id
from lms.many_rows import insert_rows
from lms.models import Device, Epoch, Learner, Statement, Verb
from lms.progress import (
    Past,
    apply_after,
    apply_statements,
    load_past,
    load_past_of,
)
from lms.progress.rules import ACTIVITY_VERBS
from lms.statement_body import body_text

Row = TypeVar("Row", bound=Model)
HEAD = ("last_sequence", "last_hash")


@dataclass(frozen=True, slots=True)
class NewFact:
    """What somebody did: its id, its place and its time come when it is written down."""

    verb: Verb | str
    learner_id: UUID
    object_id: UUID
    course_id: UUID | None
    course_version: int
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to write this machine's next fact about an activity, in this transaction."""

    epoch: Epoch
    past: Past  # of the learner and what the fact will be about


def take_turn(learner_id: UUID, *, activity_id: UUID, course_id: UUID) -> Turn:
    """Wait until nobody else writes, for those who must look before they write."""
    # Always the stream first and the learner second: two turns never wait for each other.
    epoch = own_epoch()
    return Turn(epoch=epoch, past=load_past(learner_id, course_id, activity_id=activity_id))


def take_turn_on(
    rows: QuerySet[Row], learner_id: UUID, *, version: int | None = None
) -> tuple[Row, Turn]:
    """The same for the one lesson or activity of ``rows``; raises ``DoesNotExist``.

    ``version`` of the course is the one the fact will tell of; by default the one in force.
    """
    epoch = own_epoch()
    row, past = load_past_of(rows, learner_id, version=version)
    return row, Turn(epoch=epoch, past=past)


@transaction.atomic
def record_statement(
    *,
    verb: Verb | str,
    learner: Learner,
    object_id: UUID,
    course_id: UUID | None,
    course_version: int,
    body: Mapping[str, Any] | None = None,
    turn: Turn | None = None,
) -> Statement:
    """Write down what the learner just did, and draw the conclusions, in one transaction.

    ``turn`` is one taken in this transaction, for this learner and object, by who had to look
    first; nothing is read twice then.

    A body holds texts, whole numbers, booleans, lists and objects only (scores are texts such as
    "0.8500"). Raises ``StatementError``; then nothing is written.
    """
    new = NewFact(verb, learner.pk, object_id, course_id, course_version, body or {})
    text = _checked_text(new)
    if turn is None and course_id and verb in ACTIVITY_VERBS:
        turn = take_turn(learner.pk, activity_id=object_id, course_id=course_id)
    epoch = turn.epoch if turn else own_epoch()
    statement = _made_here(new, text, epoch=epoch)
    statement.save(force_insert=True)
    epoch.save(update_fields=HEAD)
    if turn:
        apply_after(turn.past, statement)
    else:
        apply_statements([statement], learners_known=True)
    return statement


@transaction.atomic
def record_statements(told: Sequence[NewFact]) -> list[Statement]:
    """Write down much at once, in this order: the rows ``record_statement`` makes one by one.

    For what need not be answered in between. Raises ``StatementError``; then nothing is written.
    """
    texts = [_checked_text(new) for new in told]
    epoch = own_epoch()
    rows = [_made_here(new, text, epoch=epoch) for new, text in zip(told, texts, strict=True)]
    insert_rows(rows)
    epoch.save(update_fields=HEAD)
    apply_statements(rows, learners_known=True)
    return rows


def _checked_text(new: NewFact) -> str:
    if new.verb not in Verb.values:
        raise StatementError(f"{new.verb!r} is not a verb of this version")
    if new.course_version < (1 if new.course_id else 0):
        raise StatementError(f"version {new.course_version} of a course cannot be")
    return body_text(str(new.verb), new.body)


def _made_here(new: NewFact, text: str, *, epoch: Epoch) -> Statement:
    """The next row of our own stream, whose head moves on with it; neither is saved yet."""
    clock = read_clock()  # after the lock: facts are read in the order they are numbered
    fact = Fact(
        id=new_id(),
        sequence=epoch.last_sequence + 1,
        verb=str(new.verb),
        v=1,
        learner_id=new.learner_id,
        object_id=new.object_id,
        course_id=new.course_id,
        course_version=new.course_version,
        wall_ms=clock.wall_ms,
        boot_id=clock.boot_id,
        mono_ms=clock.mono_ms,
        clock_quality=int(clock.quality),
        body_json=text,
    )
    chain_hash = fact.hash_after(bytes(epoch.last_hash))
    row = row_of(fact, epoch=epoch, chain_hash=chain_hash, received=timezone.now())
    row.occurred_at, row.occurred_within_ms = clock.now, clock.within_ms
    epoch.last_sequence, epoch.last_hash = fact.sequence, chain_hash
    return row


def own_device() -> Device:
    """This machine, made known to itself at first use."""
    device, _created = Device.objects.get_or_create(is_self=True)
    return device


def own_epoch() -> Epoch:
    """The stream this machine writes to, locked until the transaction ends."""
    open_epochs = Epoch.objects.select_for_update(of=("self",)).order_by("-started_at", "-id")
    epoch = open_epochs.filter(device__is_self=True, closed_at=None).first()
    if epoch is None:
        # Two processes may come here at once: the device's row lets in one at a time.
        device = Device.objects.select_for_update().get(pk=own_device().pk)
        epoch = open_epochs.filter(device=device, closed_at=None).first()
        epoch = epoch or Epoch.objects.create(device=device)
    return epoch


@transaction.atomic
def start_new_epoch() -> Epoch:
    """Close this machine's stream and open another: after a pairing, a restore, a fork."""
    epoch = own_epoch()
    epoch.closed_at = timezone.now()
    epoch.save(update_fields=["closed_at"])
    return Epoch.objects.create(device_id=epoch.device_id)


def row_of(fact: Fact, *, epoch: Epoch, chain_hash: bytes, received: datetime) -> Statement:
    fields = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    return Statement(
        **fields,
        epoch=epoch,
        chain_hash=chain_hash,
        occurred_at=received,  # until lms.placing has looked
        received_at=received,
    )
