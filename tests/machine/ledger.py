"""What was told to be saved, and where it must still be: plain Python beside the databases.

Nothing is pruned (docs/adr/0014), so a telecentre holds exactly what was recorded on its card; a
card put back holds what the copy held. The centre never holds less than before, unless it is put
back itself. What neither a card nor the centre holds is lost, as it would be in the world.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from lms.models import Verb
from lms.people.erasing import body_without_profile, pseudonym_of
from offline_pack.sync.accepting import AFTER_THEFT
from offline_pack.sync.sorting import ERASED

Told: TypeAlias = tuple[Any, ...]
"""All of a fact but its place in a stream: id, verb and learner first, the body last."""

Pair: TypeAlias = tuple[UUID, UUID]
"""Two learners, the lower id first."""


@dataclass
class Ledger:
    told: dict[UUID, Told] = field(default_factory=dict)  # every fact there ever was
    cards: dict[str, set[UUID]] = field(default_factory=dict)  # by the name of the place
    centre: set[UUID] = field(default_factory=set)  # statements, and facts set aside
    homes: dict[UUID, set[int]] = field(default_factory=dict)  # learner -> seats, ever
    moved: set[UUID] = field(default_factory=set)  # learners who changed seats
    creations: dict[UUID, UUID] = field(default_factory=dict)  # of learners: the fact of it
    names: dict[UUID, str] = field(default_factory=dict)  # of learners, as they were registered
    erased: set[UUID] = field(default_factory=set)  # learners, wherever it is known
    doubted: set[UUID] = field(default_factory=set)  # facts received since a theft
    pairs: dict[Pair, bool] = field(default_factory=dict)  # who is one person, says the centre
    believers: set[str] = field(default_factory=set)  # told of a cursor that still holds

    def records(self, place: str, facts: Iterable[Told]) -> None:
        for fact in facts:
            assert fact[0] not in self.told, f"{fact[0]} was made twice"
            self.tells(fact)
            self.cards[place].add(fact[0])

    def tells(self, fact: Told) -> None:
        self.told[fact[0]] = fact
        if fact[1] == Verb.LEARNER_CREATED:
            self.creations[fact[2]] = fact[0]
            self.names[fact[2]] = json.loads(fact[-1])["profile"]["name"]

    def is_as_told(self, held: Told, *, forgotten: Collection[UUID]) -> bool:
        """Whether a place that forgot those people holds it as it must."""
        fact = self.told[held[0]]
        if fact[1] != Verb.LEARNER_CREATED or fact[2] not in self.erased:
            return held == fact
        nameless = (*fact[:-1], body_without_profile(pseudonym_of(fact[2])))
        return held == nameless or (held == fact and fact[2] not in forgotten)

    def registers(self, learner: UUID, *, seat: int) -> None:
        self.homes.setdefault(learner, set()).add(seat)

    def moves(self, learner: UUID, *, seat: int) -> None:
        self.homes[learner].add(seat)
        self.moved.add(learner)

    def must_survive(self) -> set[UUID]:
        return set(self.centre).union(*self.cards.values())

    def may_be_both(self, fact: UUID) -> bool:
        """Held without the name, and set aside as it came again with it."""
        return self.told[fact][1] == Verb.LEARNER_CREATED and self.told[fact][2] in self.erased

    def may_stay_aside(
        self, fact: UUID, code: str, *, held: Collection[UUID], was_put_back: bool
    ) -> bool:
        """Whether that reason is honest: somebody is forgotten, or doubted for a theft.

        Or who they are was told by none but a stolen machine, or a centre put back since; or that
        centre forgot at which telecentre they were before they moved.
        """
        learner = self.told[fact][2]
        if code in (ERASED, AFTER_THEFT):
            return learner in self.erased if code == ERASED else fact in self.doubted
        if code == "foreign_learner":
            return learner in self.moved and was_put_back
        return code == "unknown_learner" and self.creations[learner] not in held
