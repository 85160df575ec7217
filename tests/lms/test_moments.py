from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.moments import DAY, HOUR, MINUTE, Mark, Moment, Reading, moments

SINCE = 1_577_836_800_000  # 2020
JUNE = 1_780_000_000_000  # 2026
IN_2038 = 2_147_483_648_000


def reading(boot, mono, *, wall=0, quality=0, latest=JUNE + 300 * DAY):
    return Reading(boot, mono, wall, quality, latest)


def placed(readings, *, marks=None, before=None):
    found = moments(readings, marks=marks or {}, since_ms=SINCE, before=before)
    return [moment for _reading, moment in found]


def test_one_true_time_tells_all_times_of_a_boot_whatever_its_wall_clock_did():
    boot = uuid4()
    walls = [0, IN_2038, JUNE - 900 * DAY, 5]
    facts = [reading(boot, place * HOUR, wall=wall) for place, wall in enumerate(walls)]

    found = placed(facts, marks={boot: Mark(5 * HOUR, JUNE + 5 * HOUR, 1000)})

    assert [moment.at_ms for moment in found] == [JUNE + place * HOUR for place in range(4)]
    assert all(moment.within_ms < MINUTE for moment in found)


def test_boots_before_the_first_sync_lie_between_what_is_known_around_them():
    known, lost, also_lost, last = (uuid4() for _ in range(4))
    marks = {known: Mark(HOUR, JUNE, 1000), last: Mark(0, JUNE + 10 * DAY, 1000)}
    facts = [reading(boot, HOUR) for boot in (known, lost, also_lost, last)]

    found = placed(facts, marks=marks)

    assert found[0].at_ms == JUNE
    assert JUNE < found[1].at_ms < found[2].at_ms < JUNE + 10 * DAY
    assert all(DAY < moment.within_ms <= 10 * DAY for moment in found[1:3])


@pytest.mark.parametrize("wall", [0, -5, IN_2038, 2**62, -(2**63)])
def test_a_clock_that_cannot_be_right_says_nothing(wall):
    fact = reading(uuid4(), HOUR, wall=wall, latest=JUNE)

    (found,) = placed([fact])

    assert found.at_ms == JUNE
    assert JUNE - SINCE <= found.within_ms <= (JUNE - SINCE) * 9 // 8


def test_a_likely_clock_is_a_guess_and_no_more():
    fact = reading(uuid4(), HOUR, wall=JUNE - DAY, latest=JUNE)

    (found,) = placed([fact])

    assert found.at_ms == JUNE - DAY
    assert JUNE - DAY - SINCE <= found.within_ms <= (JUNE - DAY - SINCE) * 9 // 8


@pytest.mark.parametrize(("quality", "within"), [(2, HOUR), (3, MINUTE)])
def test_a_clock_that_was_set_is_believed_for_its_whole_boot(quality, within):
    boot = uuid4()
    facts = [reading(boot, 0), reading(boot, HOUR, wall=JUNE, quality=quality)]

    before, at = placed(facts)

    assert (before.at_ms, at.at_ms) == (JUNE - HOUR, JUNE)
    assert within <= at.within_ms < within + MINUTE


def test_a_little_more_that_is_known_moves_no_wide_bound():
    boot = uuid4()
    facts = [reading(boot, place * HOUR, wall=JUNE + place * HOUR) for place in range(100)]

    some, all_of_them = placed(facts[:50]), placed(facts)

    assert some == all_of_them[:50]


def test_what_is_settled_before_is_never_overtaken():
    before = Moment(JUNE, MINUTE)

    (found,) = placed([reading(uuid4(), 0, wall=JUNE - DAY)], before=before)

    assert found.at_ms >= JUNE


Evidence = st.integers(-(2**63), 2**63 - 1)


@given(
    st.lists(
        st.builds(
            Reading,
            boot_id=st.integers(0, 3).map(lambda number: UUID(int=number)),
            mono_ms=Evidence,
            wall_ms=Evidence,
            quality=st.integers(-(2**15), 2**15 - 1),
            latest_ms=st.integers(SINCE, IN_2038),
        )
    ),
    st.dictionaries(
        st.integers(0, 3).map(lambda number: UUID(int=number)),
        st.builds(Mark, Evidence, Evidence, st.integers(0, DAY)),
    ),
)
def test_whatever_a_machine_says_its_facts_stay_in_order_and_in_the_past(facts, marks):
    found = placed(facts, marks=marks)

    times = [moment.at_ms for moment in found]
    assert times == sorted(times)
    assert all(SINCE <= at <= max(fact.latest_ms for fact in facts) for at in times)
    assert all(moment.within_ms >= 0 for moment in found)


@st.composite
def histories(draw):
    """What truly happened, and what a machine without a battery clock says of it."""
    now, facts, truth, marks = JUNE, [], [], {}
    for _boot in range(draw(st.integers(1, 5))):
        boot, started = uuid4(), now + draw(st.integers(0, 400 * DAY))
        now = started
        quality = draw(st.sampled_from([0, 1, 2, 3]))
        wrong = draw(st.integers(-HOUR if quality == 2 else -MINUTE, MINUTE))
        for _fact in range(draw(st.integers(0, 6))):
            now += draw(st.integers(0, 2 * DAY))
            lie = draw(st.sampled_from([0, IN_2038, now, now - 90 * DAY, now + 200 * DAY]))
            wall = now + wrong if quality >= 2 else lie
            facts.append((boot, now - started, wall, quality))
            truth.append(now)
        if draw(st.booleans()):
            delay = draw(st.integers(0, 10 * MINUTE))
            marks[boot] = Mark(now - started, now + delay, 10 * MINUTE)
            now += delay
    latest = now + draw(st.integers(0, 30 * DAY))
    return [reading(b, m, wall=w, quality=q, latest=latest) for b, m, w, q in facts], truth, marks


@given(histories())
def test_the_truth_is_never_further_away_than_said_and_the_order_stays(history):
    facts, truth, marks = history

    found = placed(facts, marks=marks)

    times = [moment.at_ms for moment in found]
    assert times == sorted(times)
    for moment, true in zip(found, truth, strict=True):
        assert abs(moment.at_ms - true) <= moment.within_ms
