"""Who is one person, and who is forgotten: at each place, and when all have talked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from lms.models import Learner, Telecentre
from offline_pack.forgetting import known_at
from offline_pack.models import ErasurePlace
from tests.machine import looking
from tests.machine.ledger import Ledger, Pair
from tests.machine.world import World


def groups(pairs: Iterable[Pair]) -> list[set[UUID]]:
    """The ids that these pairs tie together, found the slow way."""
    found: list[set[UUID]] = []
    for pair in pairs:
        tied = [group for group in found if not group.isdisjoint(pair)]
        found = [group for group in found if group not in tied] + [set(pair).union(*tied)]
    return found


def persons(ledger: Ledger, *, known: Collection[UUID], near: Collection[UUID]) -> dict:
    """Who is shown as whom where those learners are known, those in ``near`` living there."""
    shown: dict[UUID, UUID] = {}
    for group in groups(pair for pair, is_same in ledger.pairs.items() if is_same):
        here = sorted(group & set(known))
        if here and not group.isdisjoint(near):
            shown |= dict.fromkeys(here[1:], here[0])
    return shown


def check_persons(world: World) -> None:
    """At the centre, in its database."""
    known = set(Learner.objects.values_list("pk", flat=True))
    assert looking.persons() == persons(world.ledger, known=known, near=known)


def check_forgotten(ledger: Ledger, name: str) -> set[UUID]:
    """Nothing at this place names who is forgotten here; who that is."""
    forgotten = looking.forgotten()
    if forgotten:
        assert forgotten <= ledger.erased, f"erased by nobody at {name}"
        check_nameless(ledger, forgotten, name, prefix="yelen_")
    return forgotten


def check_nameless(
    ledger: Ledger, learners: Collection[UUID], name: str, *, prefix: str = ""
) -> None:
    found = looking.tables_with([ledger.names[pk] for pk in learners], prefix=prefix)
    assert not found, f"who is forgotten still stands in {found} at {name}"


def check_people_everywhere(world: World) -> None:
    """Once all have talked: the same is forgotten everywhere, and the same are one person."""
    with world.centre.at_work():
        forgotten = looking.forgotten()
        # A centre put back does not remember whose lists they were on since the copy was made.
        noted = set(ErasurePlace.objects.values_list("learner_id", "telecentre"))
        known = set(Learner.objects.values_list("pk", flat=True))
        homes = [
            set(Learner.objects.of_telecentre(pk).values_list("pk", flat=True))
            for pk in world.beginning.telecentres
        ]
    for place in world.places:
        with place.at_work():
            told = looking.forgotten() & known
            at = world.telecentre(place)
            due = {pk for pk in forgotten if not world.put_back_at or (pk, at) in noted}
            check_nameless(world.ledger, due, place.name)
            here = set(Learner.objects.values_list("pk", flat=True))
            wanted = persons(world.ledger, known=here, near=homes[place.seat])
            assert looking.persons() == wanted, f"persons at {place.name}"
        with world.centre.at_work():
            mine = known_at(Telecentre.objects.get(pk=at), told)
        assert mine <= forgotten, f"the centre knows whom {place.name} forgot"
