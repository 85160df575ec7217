"""Machines are stolen, and reported late; another takes the place of each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from lms.models import Statement
from lms.recording import own_device
from offline_pack.box.outgoing import write_boxes
from offline_pack.sync.accepting import AFTER_THEFT
from offline_pack.sync.errors import RevokedError, UnknownDeviceError
from offline_pack.syncing import sync_with_centre
from offline_pack.telecentres.releasing import release_reason
from offline_pack.telecentres.stolen import revoke_device
from tests.machine import deeds, looking
from tests.machine.line import Weather
from tests.machine.rules_learning import DEEDS, PLACE, WHO
from tests.machine.rules_stick import STICK
from tests.machine.world import MOST_THEFTS, Theft, World


class Thieves:
    world: World

    @precondition(lambda self: len(self.world.thefts) < MOST_THEFTS)
    @rule(number=PLACE, minutes=st.integers(0, 3000))
    def a_machine_is_stolen(self, number, minutes):
        place = self.world.place(number)
        with place.at_work():
            device = own_device().pk
        with self.world.at(self.world.centre):
            theft = Theft(device, timezone.now() - timedelta(minutes=minutes))
            told = Statement.objects.filter(epoch__device=device)
            received = dict(told.values_list("pk", "received_at"))
            revoke_device(device, stolen_at=theft.since)
            aside = looking.aside_for(AFTER_THEFT)
        since = {pk for pk, at in received.items() if at >= theft.since}
        assert since == received.keys() & aside
        self.world.ledger.doubted |= since
        self.world.lose_device(theft)
        self.world.add_machine(place.seat)

    @precondition(lambda self: self.world.thieves)
    @rule(pick=st.integers(0, 4), who=WHO, what=DEEDS, name=STICK)
    def a_thief_goes_on(self, pick, who, what, name):
        """Nothing of it is written down: that the centre holds nothing else is checked anyway."""
        place = self.world.thieves[pick % len(self.world.thieves)]
        self.world.line.begin(Weather())
        self.world.touched.add(self.world.centre.name)
        with place.at_work():
            list(deeds.do_all(self.world.telecentre(place), what, who=who))
            write_boxes(self.world.stick(name))
            with pytest.raises((RevokedError, UnknownDeviceError)):
                sync_with_centre()

    @precondition(lambda self: self.world.thieves)
    @rule()
    def the_operator_believes_what_came_since_a_theft(self):
        with self.world.at(self.world.centre):
            for telecentre in self.world.beginning.telecentres:
                release_reason(AFTER_THEFT, telecentre_id=telecentre)
