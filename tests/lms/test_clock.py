from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.clock import EARLIEST, ClockQuality, plausible_time, read_clock

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def as_ms(moment):
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize("moment", [EARLIEST, NOW, NOW + timedelta(days=1)])
def test_a_likely_time_is_believed(moment):
    assert plausible_time(as_ms(moment), received=NOW) == moment


@pytest.mark.parametrize(
    "wall_ms", [0, -(2**63), 2**63 - 1, as_ms(EARLIEST) - 1, as_ms(NOW + timedelta(days=1)) + 1]
)
def test_an_unlikely_time_is_that_of_arrival(wall_ms):
    assert plausible_time(wall_ms, received=NOW) == NOW


def test_the_clock_is_read_with_its_evidence(settings):
    settings.YELEN_CLOCK_QUALITY = 1

    first, second = read_clock(), read_clock()

    assert first.boot_id == second.boot_id
    assert second.mono_ms >= first.mono_ms
    assert first.quality == ClockQuality.RESTORED
    assert as_ms(first.wall) == first.wall_ms
