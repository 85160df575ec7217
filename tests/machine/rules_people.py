"""The centre says who is one person, and takes it back; somebody asks to be forgotten."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.models import Alias, Learner
from lms.people.aliasing import decide, undo
from lms.people.erasing import erase_person
from tests.machine import looking
from tests.machine.checks_people import groups
from tests.machine.rules_centre import SOMEBODY, remembered
from tests.machine.world import World

MOST_ERASED = 4
VERDICTS = ("one", "one", "one", "two", "taken back", "taken back at once")


class People:
    world: World

    @rule(one=SOMEBODY, other=SOMEBODY, is_near=st.booleans(), verdict=st.sampled_from(VERDICTS))
    def the_centre_decides_who_is_who(self, one, other, is_near, verdict):
        with self.world.at(self.world.centre):
            rows = list(remembered())
            first = rows.pop(one % len(rows)) if rows else None
            if is_near:
                rows = [row for row in rows if row.telecentre_id == first.telecentre_id]
            if not rows:
                return
            pair = sorted((first, rows[other % len(rows)]), key=lambda row: row.pk)
            if verdict == "taken back":
                self._take_back(one)
            elif verdict == "taken back at once":
                self._look_twice(*pair)
            else:
                decide(*pair, is_same=verdict == "one")
                self.world.ledger.pairs[pair[0].pk, pair[1].pk] = verdict == "one"

    def _take_back(self, pick: int) -> None:
        forgotten = looking.forgotten()
        pairs = [pair for pair in self.world.ledger.pairs if forgotten.isdisjoint(pair)]
        if pairs:
            one, other = sorted(pairs)[pick % len(pairs)]
            undo(Alias.objects.in_force().get(one=one, other=other))
            del self.world.ledger.pairs[one, other]

    def _look_twice(self, one: Learner, other: Learner) -> None:
        """Decided by mistake: nothing of it stays."""
        if (one.pk, other.pk) in self.world.ledger.pairs:
            return
        before = looking.figures(), looking.persons()
        undo(decide(one, other, is_same=True))
        assert (looking.figures(), looking.persons()) == before

    @rule(number=SOMEBODY)
    def somebody_is_forgotten(self, number):
        ledger = self.world.ledger
        with self.world.at(self.world.centre):
            rows = list(remembered())
            if rows and len(ledger.erased) < MOST_ERASED:
                row = rows[number % len(rows)]
                said = (pair for pair, is_same in ledger.pairs.items() if is_same)
                person = next((group for group in groups(said) if row.pk in group), {row.pk})
                shown = Learner.objects.get(pk=row.person_id)
                assert set(erase_person(shown, by=None)) == person
                ledger.erased |= person
