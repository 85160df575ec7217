"""The end of a run: everybody talks until nobody has anything to say, some of them by stick."""

from __future__ import annotations

from lms.models import Learner
from lms.people.erasing import erase_person
from offline_pack.box.answers import write_answers
from offline_pack.box.incoming import HEALING, receive_boxes
from offline_pack.box.outgoing import write_boxes
from offline_pack.box.reading import read_answer
from offline_pack.forgetting import lost_erasures
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.errors import EmptyRosterError
from offline_pack.syncing import sync_with_centre
from tests.machine.checks import check_touched
from tests.machine.line import Weather
from tests.machine.places import Place
from tests.machine.world import World

ROUNDS = 6


def heal(world: World) -> None:
    """Raises ``AssertionError`` when they do not come to an end."""
    for _round in range(ROUNDS):
        said = sum(_talks(world, place) for place in world.places)
        if not said + _erase_again(world):
            return
        check_touched(world)
    raise AssertionError(f"not quiet after {ROUNDS} rounds")


def _erase_again(world: World) -> int:
    """Whom a copy brought back at the centre: telecentres say so, and its operator acts."""
    with world.at(world.centre):
        lost = lost_erasures()
        for item in lost:
            person = Learner.objects.get(pk=item.learner.person_id)
            world.ledger.erased |= set(erase_person(person, by=None))
    return len(lost)


def _talks(world: World, place: Place) -> int:
    """How much was said, or is still to be."""
    told = _by_stick(world, place) if place.seat == world.cut_off else _by_line(world, place)
    world.ledger.believers.add(place.name)
    if not told:
        world.sent_all(place)
    return told


def _by_line(world: World, place: Place) -> int:
    world.line.begin(Weather())
    world.touched.add(world.centre.name)
    with world.at(place):
        try:
            done = sync_with_centre()
        except EmptyRosterError:  # they all moved away; the manager believes it
            done = sync_with_centre(accept_empty_roster=True)
    world.sent_all(place)
    return done.sent + done.received


def _by_stick(world: World, place: Place) -> int:
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
        except EmptyRosterError:
            done = read_answer(stick, accept_empty_roster=True)
        return written.facts + done.received + waiting_facts()
