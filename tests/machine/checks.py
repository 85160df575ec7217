"""What must hold after every step, and when everybody has talked with everybody."""

from __future__ import annotations

from django.db.models import F

from lms.models import Epoch, Learner, Statement
from lms.progress import rebuild_all
from offline_pack.sync.batch import waiting_facts
from tests.machine import looking
from tests.machine.checks_people import check_forgotten, check_persons
from tests.machine.places import Place
from tests.machine.rules_centre import try_again
from tests.machine.world import World


def check_touched(world: World) -> None:
    """Look at the places that did something in this step."""
    if world.centre.name in world.touched:
        check_centre(world)
    for place in world.places:
        if place.name in world.touched:
            check_card(world, place)
    world.touched.clear()


def check_card(world: World, place: Place) -> None:
    ledger = world.ledger
    with place.at_work():
        held = looking.statements()
        own = looking.own_facts()
        assert held.keys() == ledger.cards[place.name], f"facts on the card of {place.name}"
        assert own == held.keys(), f"facts of other machines at {place.name}"
        forgotten = check_forgotten(ledger, place.name)
        assert all(ledger.is_as_told(told, forgotten=forgotten) for told in held.values())
        _check_streams(place)
        _check_people(world, place)
        _check_cursors(world, place)
        _check_figures(world, place.name)


def check_centre(world: World) -> None:
    ledger = world.ledger
    with world.centre.at_work():
        held, aside = looking.statements(), looking.aside()
        found = held.keys() | aside.keys()
        assert found <= ledger.told.keys(), "the centre holds what nobody made"
        assert ledger.centre <= found, "the centre lost facts"
        forgotten = check_forgotten(ledger, "the centre")
        assert all(ledger.is_as_told(told, forgotten=forgotten) for told in held.values())
        ledger.centre = found
        _check_streams(world.centre)
        check_persons(world)
        _check_nothing_crossed(world)
        _check_figures(world, "the centre")


def _check_figures(world: World, name: str) -> None:
    """The fold is worked out once for the same facts and figures, wherever they are."""
    footing = looking.footing()
    if footing not in world.folded:
        assert rebuild_all(check=True) == 0, f"figures at {name}"
        world.folded.add(footing)


def _check_streams(place: Place) -> None:
    taken = looking.streams()
    is_open = []
    rows = Epoch.objects.values_list(
        "pk", "last_sequence", "durable", "closed_at", "device__is_self"
    )
    for pk, last, durable, closed_at, is_own in rows:
        assert sorted(taken.get(pk, [])) == [*range(1, last + 1)], f"stream {pk} at {place.name}"
        assert durable <= last, f"durable at {place.name}"
        is_open.append(is_own and closed_at is None)
    assert sum(is_open) <= 1, f"open streams at {place.name}"


def _check_people(world: World, place: Place) -> None:
    for learner in Learner.objects.values_list("pk", flat=True):
        assert place.seat in world.ledger.homes[learner], f"somebody else's at {place.name}"


def _check_cursors(world: World, place: Place) -> None:
    """What the telecentre was told is held, is; what is called durable is in such a copy."""
    rows = Statement.objects.filter(epoch__device__is_self=True)
    safe = rows.filter(sequence__lte=F("epoch__durable")).values_list("pk", flat=True)
    assert set(safe) <= world.marked, f"durable at {place.name}"
    if place.name in world.ledger.believers:
        told = rows.filter(sequence__lte=F("epoch__acknowledged")).values_list("pk", flat=True)
        assert set(told) <= world.ledger.centre, f"cursor of {place.name}"


def _check_nothing_crossed(world: World) -> None:
    seats = {pk: seat for seat, pk in enumerate(world.beginning.telecentres)}
    pairs = Statement.objects.exclude(epoch__device__is_self=True).order_by()
    for learner, telecentre in pairs.values_list(
        "learner_id", "epoch__device__telecentre_id"
    ).distinct():
        assert seats[telecentre] in world.ledger.homes[learner], "a fact crossed"


def check_all_is_well(world: World) -> None:
    """Once everybody has talked: all that survived is at the centre once, and all agree."""
    ledger = world.ledger
    with world.centre.at_work():
        try_again(world)
        held, aside = looking.statements(), looking.aside()
        at_centre, persons = looking.completions(), looking.persons()
        people = [looking.learners_of(pk) for pk in world.beginning.telecentres]
        assert looking.chain_faults(forgotten=looking.forgotten()) == []
    both = {pk for pk in aside.keys() & held.keys() if not ledger.may_be_both(pk)}
    assert not both, "set aside, and held as well"
    assert ledger.must_survive() <= aside.keys() | held.keys()
    was_put_back = bool(world.put_back_at)
    for pk, code in aside.items():
        is_honest = ledger.may_stay_aside(pk, code, held=held, was_put_back=was_put_back)
        assert is_honest, f"{code}: {ledger.told[pk]}"
    for place in world.places:
        with place.at_work():
            assert waiting_facts() == 0, f"something waits at {place.name}"
            here, there = looking.learners_of(world.telecentre(place)), people[place.seat]
            assert here == there, f"{place.name}: more {here - there}, fewer {there - here}"
            assert looking.chain_faults(forgotten=looking.forgotten()) == []
            shown = {looking.persons().get(pk, pk) for pk in people[place.seat]}
            done = {item for item in looking.completions() if item[0] in shown}
        doubtful = {persons.get(ledger.told[pk][2], ledger.told[pk][2]) for pk in aside}
        sure = {(persons.get(who, who), *what) for who, *what in done}
        lacking = {item for item in sure - at_centre if item[0] not in doubtful}
        assert not lacking, f"completed at {place.name}, not at the centre"
