from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lms import clock as clock_module
from lms import identifiers
from lms.clock import BUILT, ClockQuality, confirm_time, learn_time, read_clock, save_time
from lms.clock_file import load_memory, memory_path
from lms.errors import ClockTimeError
from lms.identifiers import new_id
from lms.moments import DAY, HOUR

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
IN_2038 = datetime(2038, 1, 19, tzinfo=UTC)


def as_ms(moment):
    return int(moment.timestamp() * 1000)


class Machine:
    """A machine's clocks, to be turned at will."""

    def __init__(self, monkeypatch):
        self.wall, self.mono, self.boot = JUNE, 0, uuid4()
        monkeypatch.setattr(clock_module.time, "time_ns", lambda: as_ms(self.wall) * 1_000_000)
        monkeypatch.setattr(clock_module, "uptime_ms", lambda: self.mono)
        monkeypatch.setattr(clock_module, "boot_id", lambda: self.boot)

    def runs(self, milliseconds):
        self.mono += milliseconds
        self.wall += timedelta(milliseconds=milliseconds)

    def restarts(self, *, wall):
        self.wall, self.mono, self.boot = wall, 0, uuid4()


@pytest.fixture
def machine(monkeypatch, settings, tmp_path):
    settings.YELEN_CLOCK_QUALITY = 0
    settings.YELEN_DATA_DIR = tmp_path / "data"
    return Machine(monkeypatch)


def test_the_clock_is_read_with_its_evidence(settings, tmp_path):
    settings.YELEN_CLOCK_QUALITY = 1
    settings.YELEN_DATA_DIR = tmp_path

    first, second = read_clock(), read_clock()

    assert first.boot_id == second.boot_id
    assert second.mono_ms >= first.mono_ms
    assert first.quality == ClockQuality.RESTORED
    assert as_ms(first.wall) == first.wall_ms


@pytest.mark.parametrize("wall", [datetime(1970, 1, 1, tzinfo=UTC), IN_2038])
def test_a_clock_that_lost_its_time_is_told_raw_and_not_gone_by(machine, wall):
    machine.wall = wall

    clock = read_clock()

    assert clock.quality == ClockQuality.UNKNOWN
    assert clock.wall_ms == as_ms(wall)
    assert clock.now == BUILT


def test_what_was_saved_is_the_floor_after_a_power_cut(machine):
    save_time(signed=JUNE)
    machine.runs(HOUR)
    save_time()

    machine.restarts(wall=datetime(1970, 1, 1, tzinfo=UTC))
    machine.runs(5)
    clock = read_clock()

    assert clock.quality == ClockQuality.UNKNOWN
    assert clock.now_ms == as_ms(JUNE) + HOUR


def test_a_time_said_by_a_person_holds_for_one_boot(machine):
    machine.wall = datetime(1970, 1, 1, tzinfo=UTC)

    confirm_time(JUNE, by="Mariam")
    machine.runs(DAY)
    machine.wall = IN_2038
    held = read_clock()
    machine.restarts(wall=datetime(1970, 1, 1, tzinfo=UTC))

    assert (held.quality, held.now) == (ClockQuality.CONFIRMED, JUNE + timedelta(days=1))
    assert load_memory().fix.by == "Mariam"
    assert read_clock().quality == ClockQuality.UNKNOWN


@pytest.mark.parametrize("at", [BUILT - timedelta(days=2), BUILT + timedelta(days=4000)])
def test_a_time_that_cannot_be_is_refused(machine, at):
    with pytest.raises(ClockTimeError):
        confirm_time(at, by="Mariam")

    assert load_memory().fix is None


def test_a_signed_time_outweighs_what_a_person_said_and_mends_the_floor(machine):
    save_time(signed=JUNE + timedelta(days=900))
    learn_time(as_ms(JUNE), asked_ms=0, answered_ms=2000)

    confirm_time(JUNE + timedelta(days=1), by="Mariam")
    clock = read_clock()

    assert clock.quality == ClockQuality.SYNCHRONISED
    assert abs(clock.now - JUNE) <= timedelta(seconds=1)


def test_a_time_said_by_a_person_does_not_raise_the_floor_for_ever(machine):
    confirm_time(JUNE + timedelta(days=1000), by="Mariam")
    save_time()
    machine.restarts(wall=JUNE)

    assert read_clock().now == JUNE


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"saved_ms":1}', b"\xff\xfe"])
def test_a_damaged_memory_is_no_memory(machine, damage):
    memory_path().parent.mkdir(parents=True, exist_ok=True)
    memory_path().write_bytes(damage)

    assert read_clock().now == JUNE


def test_ids_go_on_rising_when_the_clock_jumps_back(monkeypatch):
    first = new_id()
    monkeypatch.setattr(identifiers.time, "time_ns", lambda: 0)
    second = new_id()

    assert second.int >> 80 >= first.int >> 80
