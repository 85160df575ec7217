"""The only writer of statements. Two doors: facts made here, and facts arriving.

``record_statement`` is strict. ``merge_statements`` forgives what networks do (the same fact
twice, an answer lost) and nothing else: a gap and a fork are refused whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from lms.clock import read_clock
from lms.errors import ForkError, GapError, StatementError
from lms.fact import Fact
from lms.identifiers import new_id
from lms.many_rows import insert_rows
from lms.models import Device, Epoch, Learner, Statement, Verb
from lms.placing import Pair, place_fresh
from lms.profiles import receive_learners
from lms.progress import (
    Past,
    apply_after,
    apply_statements,
    derive,
    derive_pending,
    load_past,
    load_past_of,
)
from lms.progress.rules import ACTIVITY_VERBS
from lms.signals import statements_merged
from lms.statement_body import body_text

Row = TypeVar("Row", bound=Model)
HEAD = ("last_sequence", "last_hash")


@dataclass(frozen=True, slots=True)
class MergeResult:
    stored: int  # facts new here
    repeated: int  # facts already held, identical
    held_to: int  # the last sequence number now held


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
    row = _row(fact, epoch=epoch, chain_hash=chain_hash, received=timezone.now())
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


@transaction.atomic
def merge_statements(epoch: Epoch, facts: Sequence[Fact], *, more: bool = False) -> MergeResult:
    """Store facts of another machine, in sequence order, and draw the conclusions.

    ``more`` of its facts are to follow at once: what these tell of earlier ones waits for those.
    All or nothing. Raises ``GapError`` when facts are missing before or among these, and
    ``ForkError`` when a sequence number or an id held here comes again with other content.
    """
    epoch = Epoch.objects.select_for_update(of=("self",)).select_related("device").get(pk=epoch.pk)
    if not facts:
        return MergeResult(stored=0, repeated=0, held_to=epoch.last_sequence)
    _refuse_gaps(epoch, facts)
    _refuse_other_story(epoch, facts)
    fresh = [fact for fact in facts if fact.sequence > epoch.last_sequence]
    if fresh:
        _refuse_known_ids(epoch, fresh)
        _store(epoch, fresh, more=more)
    return MergeResult(
        stored=len(fresh), repeated=len(facts) - len(fresh), held_to=epoch.last_sequence
    )


@transaction.atomic
def fill_places(epoch: Epoch, facts: Sequence[tuple[Fact, bytes]]) -> None:
    """Store facts whose places were passed over, each with its chain hash.

    As if they came now, but the stream does not grow. Raises ``ForkError`` for an id held here.
    """
    _refuse_known_ids(epoch, [fact for fact, _hash in facts])
    received = timezone.now()
    rows = [_row(fact, epoch=epoch, chain_hash=held, received=received) for fact, held in facts]
    moved = place_fresh(epoch, rows)
    insert_rows(rows)
    _conclude(epoch, [fact for fact, _hash in facts], rows, moved=moved)


def _store(epoch: Epoch, facts: Sequence[Fact], *, more: bool) -> None:
    received, chain_hash = timezone.now(), bytes(epoch.last_hash)
    rows = []
    for fact in facts:
        chain_hash = fact.hash_after(chain_hash)
        rows.append(_row(fact, epoch=epoch, chain_hash=chain_hash, received=received))
    moved = place_fresh(epoch, rows, more=more)
    insert_rows(rows)
    epoch.last_sequence, epoch.last_hash = facts[-1].sequence, chain_hash
    epoch.save(update_fields=HEAD)
    _conclude(epoch, facts, rows, moved=moved)


def _conclude(
    epoch: Epoch, facts: Sequence[Fact], rows: Sequence[Statement], *, moved: set[Pair]
) -> None:
    arrived = receive_learners(facts, telecentre_id=epoch.device.telecentre_id)
    apply_statements(rows)
    derive(moved)  # what came tells more of when earlier facts happened
    if arrived:
        derive_pending(learner_ids=arrived)
    transaction.on_commit(
        partial(
            statements_merged.send_robust,
            sender=Statement,
            epoch_id=epoch.pk,
            stored=len(rows),
            held_to=epoch.last_sequence,
            learner_ids=frozenset(fact.learner_id for fact in facts),
            arrived=frozenset(arrived),
        )
    )


def _refuse_gaps(epoch: Epoch, facts: Sequence[Fact]) -> None:
    held, first = epoch.last_sequence, facts[0].sequence
    if not 1 <= first <= held + 1:
        raise GapError(epoch=epoch.pk, held=held, first=first)
    for before, after in pairwise(facts):
        if after.sequence != before.sequence + 1:
            raise GapError(epoch=epoch.pk, held=before.sequence, first=after.sequence)


def _refuse_other_story(epoch: Epoch, facts: Sequence[Fact]) -> None:
    """A number held already must carry the same fact; one passed over was never held."""
    again = {fact.sequence: fact for fact in facts if fact.sequence <= epoch.last_sequence}
    held = epoch.statements.filter(sequence__in=again) if again else ()
    for row in sorted(held, key=lambda row: row.sequence):
        if row.fact() != again[row.sequence]:
            raise ForkError(epoch=epoch.pk, sequence=row.sequence)


def _refuse_known_ids(epoch: Epoch, facts: Sequence[Fact]) -> None:
    """An id names one fact in the whole world; twice under two numbers is two stories."""
    by_id = {fact.id: fact.sequence for fact in facts}
    if len(by_id) == len(facts):
        known = Statement.objects.filter(pk__in=by_id).values_list("pk", flat=True)
        again: Iterable[int] = sorted(by_id[pk] for pk in known)
    else:
        again = sorted(fact.sequence for fact in facts if by_id[fact.id] != fact.sequence)
    for sequence in again:
        raise ForkError(epoch=epoch.pk, sequence=sequence)


def _row(fact: Fact, *, epoch: Epoch, chain_hash: bytes, received: datetime) -> Statement:
    fields = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    return Statement(
        **fields,
        epoch=epoch,
        chain_hash=chain_hash,
        occurred_at=received,  # until lms.placing has looked
        received_at=received,
    )
