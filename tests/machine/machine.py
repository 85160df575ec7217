"""The rules: whatever may happen in a district, in any order."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tests.machine.building import SEATS
from tests.machine.checks import check_all_is_well, check_touched
from tests.machine.checks_people import check_people_everywhere
from tests.machine.healing import heal
from tests.machine.rules_cards import Cards
from tests.machine.rules_centre import AtTheCentre
from tests.machine.rules_learning import Learning
from tests.machine.rules_line import OverTheLine
from tests.machine.rules_people import People
from tests.machine.rules_stick import ByStick
from tests.machine.rules_theft import Thieves
from tests.machine.world import World


class Steps:
    """How many were really taken, in all runs."""

    def __init__(self) -> None:
        self.taken = self.runs = 0


class District(
    Learning, OverTheLine, ByStick, Cards, AtTheCentre, People, Thieves, RuleBasedStateMachine
):
    """To add to what may happen: a class of rules beside these, that uses ``self.world``."""

    make_world: ClassVar[Callable[[int], World]]  # set by the test
    steps: ClassVar[Steps]

    @initialize(seed=st.integers(0, 2**16), cut_off=st.sampled_from((None, *range(len(SEATS)))))
    def begins(self, seed: int, cut_off: int | None) -> None:
        self.world = type(self).make_world(seed)
        self.world.cut_off = cut_off
        self.is_begun = True
        type(self).steps.runs += 1

    @invariant()
    def all_holds(self) -> None:
        if not hasattr(self, "world"):
            return
        type(self).steps.taken += 1
        self.world.time.passes(60_000)
        check_touched(self.world)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            if sys.exception() is None:
                heal(self.world)
                check_all_is_well(self.world)
                check_people_everywhere(self.world)
        finally:
            self.world.switch_off()
