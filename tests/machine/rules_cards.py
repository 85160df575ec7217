"""Cards are copied, cloned and put back; clocks show anything; time passes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lms.errors import ClockTimeError
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
        self.world.keep_card(self.world.place(number))

    @rule(number=PLACE, pick=st.integers(0, 3))
    def a_telecentre_is_put_back(self, number, pick):
        place = self.world.place(number)
        fitting = [card for card in self.world.cards if card.seat == place.seat]
        if fitting:
            self.world.put_card_back(place, fitting[pick % len(fitting)])

    @rule(number=PLACE)
    def a_card_is_cloned(self, number):
        if len(self.world.places) < MOST_PLACES:
            self.world.clone(self.world.place(number))

    @rule(
        number=PLACE,
        what=st.sampled_from(["jumps", "jumps at a start", "is set", "is remembered", "goes on"]),
        ahead=AHEAD,
        minutes=st.integers(-30, 30_000),
    )
    def a_clock(self, number, what, ahead, minutes):
        place = self.world.place(number)
        if what == "goes on":
            self.world.time.passes(max(minutes, 1) * MINUTE)
        elif what.startswith("jumps"):
            is_started = what == "jumps at a start"
            place.clock = self.world.time.boot() if is_started else place.clock
            place.clock = place.clock.set_ahead(ahead)
        else:
            at = datetime.fromtimestamp(self.world.time.now / 1000, tz=UTC)
            with self.world.at(place), suppress(ClockTimeError):
                if what == "is set":
                    told_time(at + timedelta(minutes=minutes % 60 - 30), by="manager")
                else:
                    remember_time()
