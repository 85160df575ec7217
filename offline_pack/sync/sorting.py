"""At the centre: which facts can be used, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lms.fact import Fact
from lms.models import Device, Learner, Statement, Verb
from offline_pack.models import Snapshot, SnapshotKind
from offline_pack.sync.reading import UnusableFactError, read_fact

REPEATED = "repeated"  # a fact held already in another place: a fork healed; nothing to look at

UNKNOWN_LEARNER = "unknown_learner"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A line in its place; ``fact`` is None when it is to be set aside, for ``code``."""

    sequence: int
    line: bytes
    chain_hash: bytes
    fact: Fact | None = None
    code: str = ""


def sort_lines(lines: Iterable[tuple[int, bytes, bytes]], *, device: Device) -> list[Sorted]:
    """Read each (sequence, line, chain hash) and hold it against what ``device`` may say."""
    read = [_read(Sorted(*line)) for line in lines]
    return _in_scope(_without_known_ids(read), device=device)


def put_aside(item: Sorted, code: str) -> Sorted:
    return replace(item, fact=None, code=code)


def _read(item: Sorted) -> Sorted:
    try:
        return replace(item, fact=read_fact(item.line, sequence=item.sequence))
    except UnusableFactError as error:
        return put_aside(item, error.code)


def _without_known_ids(fresh: Sequence[Sorted]) -> list[Sorted]:
    ids = [item.fact.id for item in fresh if item.fact]
    known = {row.pk: row.fact() for row in Statement.objects.filter(pk__in=ids)}
    checked: list[Sorted] = []
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
            checked.append(put_aside(item, REPEATED if same else "used_id"))
    return checked


def _in_scope(items: Sequence[Sorted], *, device: Device) -> list[Sorted]:
    """A device speaks for its own telecentre's people, and makes new ones."""
    named = {item.fact.learner_id for item in items if item.fact}
    named |= {item.fact.object_id for item in items if item.fact and _creates(item.fact)}
    homes = dict(Learner.objects.filter(pk__in=named).values_list("pk", "telecentre_id"))
    own = {pk for pk, home in homes.items() if home == device.telecentre_id}
    if foreign := homes.keys() - own:
        own |= foreign & _last_roster(device)
    checked: list[Sorted] = []
    for item in items:
        code = _scope_fault(item.fact, own=own, known=homes.keys()) if item.fact else ""
        if item.fact and not code and _creates(item.fact):
            own.add(item.fact.object_id)
        checked.append(put_aside(item, code) if code else item)
    return checked


def _scope_fault(fact: Fact, *, own: set[UUID], known: Iterable[UUID]) -> str:
    about = fact.object_id if _creates(fact) else fact.learner_id
    if about in own:
        return ""
    if about in known:
        return "foreign_learner"
    return "" if _creates(fact) and fact.learner_id == about else UNKNOWN_LEARNER


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
