"""The end of a run: everybody talks until nobody has anything to say, some of them by stick."""

from __future__ import annotations

from lms.models import Learner
from lms.people.erasing import erase_person
from offline_pack.forgetting import lost_erasures
from offline_pack.sync.errors import EmptyRosterError
from offline_pack.syncing import sync_with_centre
from tests.machine.checks import check_touched
from tests.machine.line import Weather
from tests.machine.places import Place
from tests.machine.rules_stick import ROUNDS, by_stick
from tests.machine.world import World


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
    told = by_stick(world, place) if place.seat == world.cut_off else _by_line(world, place)
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
