"""At random: nothing that was told to be saved is lost, and nothing is counted twice.

Here it is 2,000 steps, the same in each run of the suite: what turns it red is a change of the
code. ``make soak`` takes 100,000 others each time, in shares that run side by side. The seed that
is printed repeats a run.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings as site
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from lms import merging, recording
from lms.fact import Fact
from lms.models import Epoch
from tests.machine.building import begin
from tests.machine.clocks import Time
from tests.machine.machine import District, Steps
from tests.machine.places import show
from tests.machine.world import World

STEPS = int(os.environ.get("YELEN_MACHINE_STEPS") or 2000)
SHARES = int(os.environ.get("YELEN_MACHINE_SHARES") or 1)
FIRST_SEED = int(os.environ.get("YELEN_MACHINE_SEED") or 1)
STEPS_A_RUN = 100
RULES = settings(
    max_examples=5,
    stateful_step_count=STEPS_A_RUN,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def district(tmp_path, monkeypatch, empty_database, db):
    """A class of machines whose worlds begin in a folder that is gone afterwards."""
    memory = Path("/dev/shm")  # noqa: S108 - power cuts are for tests/faults
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    shown = site.YELEN_ROLE, site.YELEN_CLOCK_QUALITY
    logging.disable(logging.ERROR)  # each refusal is a warning, kept with its request
    with monkeypatch.context() as patch:
        time = Time()
        show(time, patch)
        beginning = begin(folder / "beginning", empty_database, time, patch)

        def make_world(number: int) -> World:
            return World.new(beginning, folder / "run", seed=number)

        yield type("District", (District,), {"make_world": make_world, "steps": Steps()})
    logging.disable(logging.NOTSET)
    site.YELEN_ROLE, site.YELEN_CLOCK_QUALITY = shown
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_happens_nothing_saved_is_lost_and_nothing_counts_twice(district, share):
    number, steps = FIRST_SEED + share * STEPS, STEPS // SHARES

    while district.steps.taken < steps:
        print(f"\nYELEN_MACHINE_SEED={number}", flush=True)
        run_state_machine_as_test(seed(number)(district), settings=RULES)
        number += 1

    print(f"{district.steps.taken} steps in {district.steps.runs} runs")
    assert district.steps.taken >= steps


@pytest.mark.slow
def test_a_centre_that_says_stored_and_stores_nothing_is_caught(district, monkeypatch):
    monkeypatch.setattr(merging, "_store", only_move_the_cursor)
    rules = settings(RULES, phases=(Phase.generate,))

    with pytest.raises(AssertionError, match=r"said it had sent all|fewer|stream .* at centre"):
        run_state_machine_as_test(seed(1)(district), settings=rules)


def only_move_the_cursor(epoch: Epoch, facts: Sequence[Fact], *, more: bool) -> None:
    for fact in facts:
        epoch.last_sequence = fact.sequence
        epoch.last_hash = fact.hash_after(bytes(epoch.last_hash))
    epoch.save(update_fields=recording.HEAD)
