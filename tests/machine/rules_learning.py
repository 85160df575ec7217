"""Learners learn, managers look on; the power may go meanwhile."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.learners import register_learner
from lms.models import Telecentre
from tests.machine import deeds
from tests.machine.places import Place
from tests.machine.world import World

PLACE = st.integers(0, 4)
WHO = st.integers(0, 5)
DEATH = st.one_of(st.just(0), st.just(0), st.just(0), st.integers(1, 40))
MOST_LEARNERS = 16


class Learning:
    world: World

    def place(self, number: int) -> Place:
        return self.world.places[number % len(self.world.places)]

    @rule(
        number=PLACE,
        who=WHO,
        what=st.lists(
            st.tuples(st.sampled_from(deeds.KINDS), st.integers(0, 3)), min_size=1, max_size=4
        ),
        dies_at=DEATH,
    )
    def somebody_learns(self, number, who, what, dies_at):
        place, said = self.place(number), []
        with self.world.at(place, dies_at=dies_at):
            learners = deeds.active_learners(self.world.telecentre(place))
            for kind, which in what if learners else ():
                deeds.do(kind, learners[who % len(learners)], which=which)
                said.append(kind)
        found = self.world.write_down_news(place)
        assert len(found) >= said.count("see"), "an answer was told to be saved"

    @rule(number=PLACE, dies_at=DEATH)
    def somebody_is_registered(self, number, dies_at):
        place = self.place(number)
        if self.world.learners >= MOST_LEARNERS:
            return
        self.world.learners += 1
        name = f"Learner {self.world.learners:02d}"
        with self.world.at(place, dies_at=dies_at):
            telecentre = Telecentre.objects.get(pk=self.world.telecentre(place))
            register_learner(name, telecentre=telecentre)
        for fact in self.world.write_down_news(place):
            learner = self.world.ledger.told[fact][2]
            self.world.ledger.registers(learner, seat=place.seat)
