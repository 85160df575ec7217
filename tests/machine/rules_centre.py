"""What the centre's people do: with learners, with copies, with what was set aside."""

from __future__ import annotations

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.learners import register_learner
from lms.models import Learner, Telecentre
from offline_pack.archiving import back_up, mark_durable
from offline_pack.releasing import release_reason
from tests.machine import deeds, looking
from tests.machine.building import SEATS
from tests.machine.rules_learning import MOST_LEARNERS
from tests.machine.world import MOST_COPIES, CentreCopy, World

SEAT = st.integers(0, len(SEATS) - 1)
SOMEBODY = st.integers(0, MOST_LEARNERS)


def nth_learner(number: int) -> Learner | None:
    learners = list(Learner.objects.order_by("name"))
    return learners[number % len(learners)] if learners else None


class AtTheCentre:
    world: World

    @rule(number=SOMEBODY, seat=SEAT)
    def a_learner_moves(self, number, seat):
        with self.world.at(self.world.centre):
            if learner := nth_learner(number):
                telecentre = self.world.beginning.telecentres[seat]
                if learner.telecentre_id != telecentre:
                    Learner.objects.filter(pk=learner.pk).update(telecentre=telecentre)
                    self.world.ledger.moves(learner.pk, seat=seat)

    @rule(number=SOMEBODY, leaves=st.booleans())
    def a_learner_leaves_or_comes_back(self, number, leaves):
        with self.world.at(self.world.centre):
            if learner := nth_learner(number):
                left = timezone.now() if leaves else None
                Learner.objects.filter(pk=learner.pk).update(retired_at=left)

    @rule(number=SOMEBODY, is_in=st.booleans())
    def a_group_changes(self, number, is_in):
        with self.world.at(self.world.centre):
            if learner := nth_learner(number):
                deeds.put_in_group(learner, is_in=is_in)

    @rule(seat=SEAT)
    def the_centre_registers_somebody(self, seat):
        if self.world.learners >= MOST_LEARNERS:
            return
        self.world.learners += 1
        with self.world.at(self.world.centre):
            telecentre = Telecentre.objects.get(pk=self.world.beginning.telecentres[seat])
            name = f"Learner {self.world.learners:02d}"
            learner = register_learner(name, telecentre=telecentre)
            told = looking.statements()
        fact = next(item for item in told.values() if item[2] == learner.pk)
        self.world.ledger.told[fact[0]] = fact
        self.world.ledger.registers(learner.pk, seat=seat, at_centre=True)

    @rule(is_marked=st.booleans())
    def the_centre_is_copied(self, is_marked):
        folder = self.world.new_folder()
        folder.mkdir()
        with self.world.at(self.world.centre):
            copy = CentreCopy(back_up(folder).path, frozenset(self.world.ledger.centre))
            if is_marked:
                self._mark(copy)
        self.world.centre_copies = [*self.world.centre_copies, copy][-MOST_COPIES:]

    @rule(pick=st.integers(0, MOST_COPIES - 1))
    def a_copy_is_carried_away_safely(self, pick):
        if copies := self.world.centre_copies:
            with self.world.at(self.world.centre):
                self._mark(copies[pick % len(copies)])

    def _mark(self, copy: CentreCopy) -> None:
        mark_durable(copy.file)
        self.world.marked |= copy.held

    @rule(pick=st.integers(0, MOST_COPIES - 1))
    def the_centre_is_put_back(self, pick):
        if copies := self.world.centre_copies:
            self.world.put_centre_back(copies[pick % len(copies)])

    @rule()
    def what_was_set_aside_is_tried_again(self):
        with self.world.at(self.world.centre):
            for code in sorted(set(looking.aside().values())):
                for telecentre in self.world.beginning.telecentres:
                    release_reason(code, telecentre_id=telecentre)
