"""At the centre: which facts can be used, and why the others cannot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lms.fact import Fact
from lms.models import Device, Learner, Statement, Verb
from lms.models.learner import PERSON
from lms.people.erasing import erased_among, line_without_profile
from offline_pack.forgetting import known_at
from offline_pack.models import Snapshot, SnapshotKind
from offline_pack.sync.reading import UnusableFactError, read_fact

ERASED = "erased_learner"
REPEATED = "repeated"  # a fact held already in another place: a fork healed; nothing to look at

UNKNOWN_LEARNER = "unknown_learner"

_GIVES_WAY = ("", "used_id", UNKNOWN_LEARNER)


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
    return _without_the_erased(_in_scope(without_known_ids(read), device=device))


def put_aside(item: Sorted, code: str) -> Sorted:
    return replace(item, fact=None, code=code)


def _read(item: Sorted) -> Sorted:
    try:
        return replace(item, fact=read_fact(item.line, sequence=item.sequence))
    except UnusableFactError as error:
        return put_aside(item, error.code)


def without_known_ids(fresh: Sequence[Sorted]) -> list[Sorted]:
    """An id names one fact: what is held already in another place is set aside."""
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
    named |= {learner_of(item.fact) for item in items if item.fact}
    homes = dict(Learner.objects.filter(pk__in=named).values_list("pk", "telecentre_id"))
    own = {pk for pk, home in homes.items() if home == device.telecentre_id}
    if foreign := homes.keys() - own:
        own |= foreign & _last_roster(device)
        own |= _same_as_here(foreign, device)
        if device.telecentre:  # they moved away, and what they did before may come for weeks
            own |= known_at(device.telecentre, foreign)
    checked: list[Sorted] = []
    for item in items:
        code = _scope_fault(item.fact, own=own, known=homes.keys()) if item.fact else ""
        if item.fact and not code and _creates(item.fact):
            own.add(item.fact.object_id)
        checked.append(put_aside(item, code) if code else item)
    return checked


def _scope_fault(fact: Fact, *, own: set[UUID], known: Iterable[UUID]) -> str:
    told = {learner_of(fact), fact.learner_id}
    if told <= own:
        return ""
    if not (told - own).isdisjoint(known):
        return "foreign_learner"
    return "" if _creates(fact) and len(told) == 1 else UNKNOWN_LEARNER


def _same_as_here(foreign: set[UUID], device: Device) -> set[UUID]:
    """Learners of elsewhere who are one person with somebody of this telecentre."""
    here = Learner.objects.filter(telecentre=device.telecentre_id).values(person=PERSON)
    rows = Learner.objects.filter(pk__in=foreign).annotate(person=PERSON)
    return set(rows.filter(person__in=here).values_list("pk", flat=True))


def _without_the_erased(items: Sequence[Sorted]) -> list[Sorted]:
    """What comes late about somebody who was erased is kept aside, and names nobody."""
    about = [speaks_of(item) for item in items]
    names = erased_among({learner_id for learner_id in about if learner_id})
    if not names:
        return list(items)
    return [
        _pseudonymised(item, names[learner_id]) if learner_id in names else item
        for item, learner_id in zip(items, about, strict=True)
    ]


def _pseudonymised(item: Sorted, name: str) -> Sorted:
    code = ERASED if item.code in _GIVES_WAY else item.code
    return replace(item, fact=None, code=code, line=line_without_profile(item.line, name))


def learner_of(fact: Fact) -> UUID:
    return fact.object_id if _creates(fact) else fact.learner_id


def speaks_of(item: Sorted) -> UUID | None:
    """The learner it is about, as far as it can be read."""
    if item.fact:
        return learner_of(item.fact)
    try:
        document = json.loads(item.line)
        return UUID(document["o" if document["k"] == Verb.LEARNER_CREATED else "a"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


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
