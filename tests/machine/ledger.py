"""What was told to be saved, and where it must still be: plain Python beside the databases.

Nothing is pruned (docs/adr/0014), so a telecentre holds exactly what was recorded on its card; a
card put back holds what the copy held. The centre never holds less than before, unless it is put
back itself. What neither a card nor the centre holds is lost, as it would be in the world.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

Told: TypeAlias = tuple[object, ...]
"""All of a fact but its place in a stream, its id first."""


@dataclass
class Ledger:
    told: dict[UUID, Told] = field(default_factory=dict)  # every fact there ever was
    cards: dict[str, set[UUID]] = field(default_factory=dict)  # by the name of the place
    centre: set[UUID] = field(default_factory=set)  # statements, and facts set aside
    homes: dict[UUID, set[int]] = field(default_factory=dict)  # learner -> seats, ever
    moved: set[UUID] = field(default_factory=set)  # learners who changed seats
    made_at_centre: set[UUID] = field(default_factory=set)  # learners only it could know
    believers: set[str] = field(default_factory=set)  # told of a cursor that still holds

    def records(self, place: str, facts: Iterable[Told]) -> None:
        for fact in facts:
            assert fact[0] not in self.told, f"{fact[0]} was made twice"
            self.told[fact[0]] = fact
            self.cards[place].add(fact[0])

    def registers(self, learner: UUID, *, seat: int, at_centre: bool = False) -> None:
        self.homes.setdefault(learner, set()).add(seat)
        if at_centre:
            self.made_at_centre.add(learner)

    def moves(self, learner: UUID, *, seat: int) -> None:
        self.homes[learner].add(seat)
        self.moved.add(learner)

    def must_survive(self) -> set[UUID]:
        return set(self.centre).union(*self.cards.values())

    def may_stay_aside(self, fact: UUID, code: str) -> bool:
        """Whether that reason is honest: somebody moved, or the centre forgot whom it made."""
        learner = self.told[fact][2]
        if code == "foreign_learner":
            return learner in self.moved
        return code == "unknown_learner" and learner in self.made_at_centre
