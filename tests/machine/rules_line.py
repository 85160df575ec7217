"""Synchronisations over a line that may do anything, and requests that come again."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from offline_pack.sync.errors import EmptyRosterError, SyncError
from offline_pack.syncing import sync_with_centre
from tests.machine import deeds
from tests.machine.line import Weather
from tests.machine.places import Place
from tests.machine.rules_learning import DEEDS, PLACE, WHO
from tests.machine.world import World

WEATHER = st.one_of(
    st.just(Weather()),
    st.just(Weather()),
    st.builds(
        Weather,
        kind=st.sampled_from(["lost_request", "lost_answer", "killed", "twice", "old_answer"]),
        after=st.integers(0, 2),
        pick=st.integers(0, 11),
    ),
    st.builds(
        Weather, kind=st.just("centre_dies"), after=st.integers(0, 2), query=st.integers(1, 60)
    ),
)
DEATH = st.one_of(st.just(0), st.just(0), st.integers(1, 80))
MOST_QUIET_DAYS = 3
FAIR = ("fair", "twice")


def sync(world: World, place: Place, *, weather: Weather, dies_at: int = 0) -> bool:
    """Whether it came to its end; on a fair day it must."""
    world.line.begin(weather)
    world.touched.add(world.centre.name)
    is_done = False
    with world.at(place, dies_at=dies_at):
        try:
            sync_with_centre()
        except EmptyRosterError:
            is_done = True
        except SyncError:
            if weather.kind in FAIR:
                raise
        else:
            is_done = True
    if is_done:
        world.ledger.believers.add(place.name)
    return is_done


def by_line(world: World, place: Place) -> None:
    sync(world, place, weather=Weather())


def good_day(
    world: World,
    place: Place,
    what: list[tuple[str, int]],
    *,
    who: int,
    send: Callable[[World, Place], object] = by_line,
) -> None:
    """Whose results all reach the centre at the end."""
    with world.at(place):
        list(deeds.do_all(world.telecentre(place), what, who=who))
    world.write_down_news(place)
    send(world, place)
    world.sent_all(place)


class OverTheLine:
    world: World

    @rule(number=PLACE, weather=WEATHER, dies_at=DEATH)
    def a_telecentre_syncs(self, number, weather, dies_at):
        place = self.world.place(number)
        is_done = sync(self.world, place, weather=weather, dies_at=dies_at)
        if is_done and not dies_at:
            self.world.sent_all(place)

    @rule(number=PLACE, who=WHO, what=DEEDS)
    def a_good_day(self, number, who, what):
        good_day(self.world, self.world.place(number), what, who=who)

    @precondition(lambda self: self.world.quiet_days < MOST_QUIET_DAYS)
    @rule()
    def a_quiet_day(self):
        """Nobody does anything, and every telecentre hears what is new."""
        self.world.quiet_days += 1
        for place in self.world.places:
            by_line(self.world, place)

    @rule(pick=st.integers(0, 11))
    def a_request_of_the_past_comes_again(self, pick):
        line = self.world.line
        if line.requests:
            self.world.touched.add(self.world.centre.name)
            answer = line.deliver(line.requests[pick % len(line.requests)])
            stolen = (401, 403) if self.world.thieves else ()
            assert answer.status in (200, 409, 412, *stolen), answer.status
