"""Cards are copied, cloned and put back; clocks show anything; time passes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.errors import ClockTimeError
from lms.progress import rebuild_all
from offline_pack.timekeeping import remember_time, told_time
from tests.machine.clocks import DAY, MINUTE, START
from tests.machine.rules_learning import PLACE
from tests.machine.world import MOST_PLACES, World

YEAR_2038 = int(datetime(2038, 1, 19, tzinfo=UTC).timestamp() * 1000)
AHEAD = st.sampled_from([0, -START, YEAR_2038 - START, -DAY, 3 * DAY, -20 * MINUTE])


class Cards:
    world: World

    @rule(number=PLACE)
    def a_card_is_copied(self, number):
        self.world.keep_card(self.world.places[number % len(self.world.places)])

    @rule(number=PLACE, pick=st.integers(0, 3))
    def a_telecentre_is_put_back(self, number, pick):
        place = self.world.places[number % len(self.world.places)]
        fitting = [card for card in self.world.cards if card.seat == place.seat]
        if fitting:
            self.world.put_card_back(place, fitting[pick % len(fitting)])

    @rule(number=PLACE)
    def a_card_is_cloned(self, number):
        if len(self.world.places) < MOST_PLACES:
            self.world.clone(self.world.places[number % len(self.world.places)])

    @rule(number=PLACE, ahead=AHEAD, reboots=st.booleans())
    def a_clock_jumps(self, number, ahead, reboots):
        place = self.world.places[number % len(self.world.places)]
        place.clock = self.world.time.boot() if reboots else place.clock
        place.clock = place.clock.set_ahead(ahead)

    @rule(number=PLACE, minutes=st.integers(-30, 30))
    def a_manager_says_what_time_it_is(self, number, minutes):
        at = datetime.fromtimestamp(self.world.time.now / 1000, tz=UTC)
        place = self.world.places[number % len(self.world.places)]
        with self.world.at(place), suppress(ClockTimeError):
            told_time(at + timedelta(minutes=minutes), by="manager")

    @rule(number=PLACE)
    def a_telecentre_remembers_the_time(self, number):
        with self.world.at(self.world.places[number % len(self.world.places)]):
            remember_time()

    @rule(minutes=st.integers(1, 30_000))
    def time_passes(self, minutes):
        self.world.time.passes(minutes * MINUTE)

    @rule(number=st.integers(0, 5))
    def figures_are_rebuilt(self, number):
        everywhere = [self.world.centre, *self.world.places]
        with self.world.at(everywhere[number % len(everywhere)]):
            rebuild_all()
