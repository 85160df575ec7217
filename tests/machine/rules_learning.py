"""Learners learn, managers look on; the power may go meanwhile."""

from __future__ import annotations

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.learners import register_learner
from lms.models import Telecentre
from tests.machine import deeds
from tests.machine.places import Place
from tests.machine.world import World

PLACE = st.integers(0, 4)
WHO = st.integers(0, 5)
DEEDS = st.lists(
    st.tuples(st.sampled_from(deeds.KINDS), st.integers(0, 3)), min_size=1, max_size=4
)
DEATH = st.one_of(st.just(0), st.just(0), st.just(0), st.integers(1, 40))


def register(world: World, place: Place, *, dies_at: int = 0) -> UUID | None:
    """Somebody new, as long as there are not too many and the power is on."""
    name = world.new_name()
    if not name:
        return None
    with world.at(place, dies_at=dies_at):
        register_learner(name, telecentre=Telecentre.objects.get(pk=world.telecentre(place)))
    learners = [world.ledger.told[fact][2] for fact in world.write_down_news(place)]
    for learner in learners:
        world.ledger.registers(learner, seat=place.seat)
    return learners[0] if learners else None


class Learning:
    world: World

    @rule(number=PLACE, who=WHO, what=DEEDS, dies_at=DEATH)
    def somebody_learns(self, number, who, what, dies_at):
        place, said = self.world.place(number), []
        with self.world.at(place, dies_at=dies_at):
            for kind in deeds.do_all(self.world.telecentre(place), what, who=who):
                said.append(kind)  # noqa: PERF402 - what was said before the power went counts
        found = self.world.write_down_news(place)
        assert len(found) >= said.count("see"), "an answer was told to be saved"

    @rule(number=PLACE, dies_at=DEATH)
    def somebody_is_registered(self, number, dies_at):
        register(self.world, self.world.place(number), dies_at=dies_at)
