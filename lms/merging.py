"""The writer of facts that arrive from other machines; ``lms.recording`` writes those made here.

It forgives what networks do (the same fact twice, an answer lost) and nothing else: a gap and a
fork are refused whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from lms.errors import ForkError, GapError
from lms.fact import Fact
from lms.many_rows import insert_rows
from lms.models import Epoch, Statement
from lms.placing import Pair, place_fresh
from lms.profiles import receive_learners
from lms.progress import apply_statements, derive, derive_pending
from lms.recording import HEAD, row_of
from lms.signals import statements_merged


@dataclass(frozen=True, slots=True)
class MergeResult:
    stored: int  # facts new here
    repeated: int  # facts already held, identical
    held_to: int  # the last sequence number now held


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
    rows = [row_of(fact, epoch=epoch, chain_hash=held, received=received) for fact, held in facts]
    moved = place_fresh(epoch, rows)
    insert_rows(rows)
    _conclude(epoch, [fact for fact, _hash in facts], rows, moved=moved)


def _store(epoch: Epoch, facts: Sequence[Fact], *, more: bool) -> None:
    received, chain_hash = timezone.now(), bytes(epoch.last_hash)
    rows = []
    for fact in facts:
        chain_hash = fact.hash_after(chain_hash)
        rows.append(row_of(fact, epoch=epoch, chain_hash=chain_hash, received=received))
    moved = place_fresh(epoch, rows, more=more)
    insert_rows(rows)
    epoch.last_sequence, epoch.last_hash = facts[-1].sequence, chain_hash
    epoch.save(update_fields=(*HEAD, "placed"))
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
