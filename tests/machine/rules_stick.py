"""Two sticks and a courier, who is in no hurry and keeps no order."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import rule

from offline_pack.box.answers import write_answers
from offline_pack.box.errors import AnswerForOthersError, BoxNotFoundError
from offline_pack.box.incoming import HEALING, receive_boxes
from offline_pack.box.names import OUT
from offline_pack.box.outgoing import write_boxes
from offline_pack.box.reading import read_answer
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.errors import EmptyRosterError
from tests.machine.places import Place
from tests.machine.rules_learning import PLACE
from tests.machine.world import STICKS, World

STICK = st.sampled_from(STICKS)
DEATH = st.one_of(st.just(0), st.just(0), st.integers(1, 60))
MOST_IN_BAG = 8
ROUNDS = 6  # of everybody with everybody, until nobody has anything to say


def by_stick(world: World, place: Place) -> int:
    """There and back, on a stick that nobody loses; how much was said, or is still to be."""
    stick = world.new_folder()
    stick.mkdir()
    with world.at(place):
        written = write_boxes(stick)
    with world.at(world.centre):
        received = receive_boxes(stick)
        for outcome in received.outcomes:
            assert outcome.trouble is None
            assert outcome.refusal in ("", *HEALING)
        write_answers(stick, received)
    with world.at(place):
        try:
            done = read_answer(stick)
        except EmptyRosterError:  # they all moved away; the manager believes it
            done = read_answer(stick, accept_empty_roster=True)
        return written.facts + done.received + waiting_facts()


def all_by_stick(world: World, place: Place) -> None:
    """As often as it takes, at most ``ROUNDS`` times."""
    for _round in range(ROUNDS):
        if not by_stick(world, place):
            return
    raise AssertionError(f"{place.name} had something to say after {ROUNDS} rounds")


class ByStick:
    world: World

    @rule(number=PLACE, name=STICK, dies_at=DEATH)
    def a_telecentre_writes_boxes(self, number, name, dies_at):
        place = self.world.place(number)
        with self.world.at(place, dies_at=dies_at):
            write_boxes(self.world.stick(name))

    @rule(name=STICK, dies_at=DEATH, is_answered=st.booleans())
    def the_courier_brings_a_stick_to_the_centre(self, name, dies_at, is_answered):
        stick = self.world.stick(name)
        self._receive(stick, dies_at=dies_at, answered_on=stick if is_answered else None)

    @rule(number=PLACE, name=STICK, dies_at=DEATH)
    def the_courier_brings_an_answer_back(self, number, name, dies_at):
        place = self.world.place(number)
        expected = suppress(AnswerForOthersError, BoxNotFoundError, EmptyRosterError)
        with self.world.at(place, dies_at=dies_at), expected:
            read_answer(self.world.stick(name))
        self.world.ledger.believers.discard(place.name)  # the answer may be old

    @rule(name=STICK, is_lost=st.booleans())
    def the_courier_keeps_boxes_back_and_may_lose_the_stick(self, name, is_lost):
        for box in sorted((self.world.stick(name) / OUT).glob("*")):
            folder = self.world.new_folder()
            folder.mkdir()
            shutil.copy(box, folder / box.name)
            self.world.bag = [*self.world.bag, folder / box.name][-MOST_IN_BAG:]
        if is_lost:
            shutil.rmtree(self.world.stick(name))
            self.world.stick(name).mkdir()

    @rule(pick=st.integers(0, MOST_IN_BAG - 1), name=STICK)
    def a_box_from_the_bag_reaches_the_centre(self, pick, name):
        if self.world.bag:
            box = self.world.bag[pick % len(self.world.bag)]
            self._receive(box, dies_at=0, answered_on=self.world.stick(name))

    def _receive(self, place: Path, *, dies_at: int, answered_on: Path | None) -> None:
        stolen = ("revoked", "unknown_device") if self.world.thieves else ()
        with self.world.at(self.world.centre, dies_at=dies_at):
            try:
                received = receive_boxes(place)
            except BoxNotFoundError:
                return
            for outcome in received.outcomes:
                assert outcome.trouble is None
                assert outcome.refusal in ("", *HEALING, *stolen)
            if answered_on:
                write_answers(answered_on, received)
