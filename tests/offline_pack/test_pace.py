"""How fast it goes: a moving average."""

from __future__ import annotations

from offline_pack.pace import Pace


def test_the_first_stretch_is_taken_at_its_word():
    pace = Pace()

    assert pace.note(0, at=10.0) == 0
    assert pace.note(5_000, at=11.0) == 5_000


def test_a_line_that_becomes_slow_is_known_to_be_slow_after_a_while():
    pace = Pace()
    pace.note(0, at=0.0)
    pace.note(100_000, at=1.0)

    soon = pace.note(101_000, at=2.0)
    later = [pace.note(101_000 + 1_000 * second, at=2.0 + second) for second in range(1, 121)]

    assert 90_000 < soon < 100_000
    assert later == sorted(later, reverse=True)
    assert later[-1] < 1_500


def test_bytes_that_were_here_before_do_not_count():
    pace = Pace()

    assert pace.note(50_000, at=0.0) == 0
    assert pace.note(50_100, at=1.0) == 100


def test_another_stretch_of_work_begins_anew():
    pace = Pace()
    pace.note(0, at=0.0)
    pace.note(9_000, at=1.0)

    assert pace.note(10, at=2.0) == 0
    assert pace.note(20, at=3.0) == 10
