"""Four digits, and what slows a guesser down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms import pin_machines, pins
from lms.errors import PinError
from lms.models import Learner, PinMachine
from tests.factories import make_learner

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """A clock a test can move."""
    state = {"now": NOON}
    for module in ("lms.pins", "lms.pin_machines"):
        monkeypatch.setattr(f"{module}.timezone.now", lambda: state["now"])
    return state


@pytest.fixture
def awa():
    return make_learner(pin="2580")


def fail(learner, times):
    for _ in range(times):
        checked = pins.check_pin(learner.pk, "0001")
    return checked


def test_the_right_pin_opens_and_a_wrong_one_does_not(awa):
    assert pins.check_pin(awa.pk, "2580").is_right
    assert not pins.check_pin(awa.pk, "2581").is_right


def test_a_pin_is_not_kept_in_the_clear(awa):
    assert "2580" not in Learner.objects.get(pk=awa.pk).pin_hash


def test_the_same_pin_of_two_people_does_not_look_the_same(awa):
    issa = make_learner(name="Issa", pin="2580")

    assert issa.pin_hash != awa.pin_hash


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "१२३४"])
def test_set_pin_wants_four_digits(awa, pin):
    before = awa.pin_hash

    with pytest.raises(PinError):
        pins.set_pin(awa, pin)

    assert Learner.objects.get(pk=awa.pk).pin_hash == before


def test_the_fifth_wrong_pin_brings_a_minute_of_waiting(awa, clock):
    assert fail(awa, 4).wait == 0

    assert fail(awa, 1).wait == 60


def test_while_there_is_a_wait_not_even_the_right_pin_opens(awa, clock):
    fail(awa, 5)

    assert not pins.check_pin(awa.pk, "2580").is_right
    assert Learner.objects.get(pk=awa.pk).pin_failures == 5


def test_after_the_wait_the_right_pin_opens_and_clears_the_count(awa, clock):
    fail(awa, 5)
    clock["now"] += timedelta(seconds=61)

    assert pins.check_pin(awa.pk, "2580").is_right
    assert Learner.objects.get(pk=awa.pk).pin_failures == 0


def test_the_wait_doubles_up_to_an_hour(awa, clock):
    waits = []
    for _ in range(12):
        waits.append(fail(awa, 1).wait)
        clock["now"] += timedelta(seconds=waits[-1] + 1)

    assert waits == [0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_clock_put_back_counts_the_last_failure_as_just_made(awa, clock):
    fail(awa, 5)
    clock["now"] = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)

    first = pins.check_pin(awa.pk, "2580")
    clock["now"] += timedelta(seconds=61)

    assert (first.is_right, first.wait) == (False, 60)
    assert pins.check_pin(awa.pk, "2580").is_right


def test_a_learner_without_a_pin_cannot_come_in_by_one():
    issa = make_learner(name="Issa")

    assert not pins.check_pin(issa.pk, "0000").is_right


def test_new_pins_are_not_the_ones_everybody_tries():
    made = [pins._random_pin() for _ in range(500)]

    assert not {"1234", "0000", "4321", "1111", "1212"} & set(made)
    assert all(len(pin) == 4 and pin.isdigit() for pin in made)


class TestMachines:
    ROOM = "192.168.4.20"

    def test_twenty_people_mistyping_three_times_wait_for_nothing(self, clock):
        people = [make_learner(name=f"Apprenant {n}", pin="2580") for n in range(20)]

        checks = [
            pins.check_pin(person.pk, "0001", address=self.ROOM)
            for _ in range(3)
            for person in people[:-1]
        ] + [pins.check_pin(people[-1].pk, "0001", address=self.ROOM) for _ in range(2)]
        right = [pins.check_pin(person.pk, "2580", address=self.ROOM) for person in people]

        assert not any(check.wait for check in checks)
        assert all(check.is_right for check in right)

    @pytest.fixture
    def guessed(self, clock):
        """One machine was wrong sixty times, on as many names."""
        for number in range(pin_machines.MOST_WRONG):
            person = make_learner(name=f"Apprenant {number}", pin="2580")
            pins.check_pin(person.pk, "0001", address=self.ROOM)

    def test_a_machine_that_guesses_on_many_names_waits_a_minute(self, guessed, awa, clock):
        refused = pins.check_pin(awa.pk, "2580", address=self.ROOM)
        clock["now"] += timedelta(seconds=60)
        after = pins.check_pin(awa.pk, "2580", address=self.ROOM)

        assert (refused.is_right, refused.by_machine) == (False, True)
        assert 0 < refused.wait <= 60
        assert after.is_right

    def test_nobody_else_waits_for_it(self, guessed, awa):
        assert pins.check_pin(awa.pk, "2580", address="192.168.4.21").is_right

    def test_while_it_waits_nobodys_tries_are_used_up(self, guessed, awa):
        pins.check_pin(awa.pk, "0001", address=self.ROOM)

        awa.refresh_from_db()
        assert awa.pin_failures == 0

    def test_who_goes_on_gets_one_try_a_minute(self, guessed, clock):
        looked_at = 0
        for number in range(60):
            person = make_learner(name=f"Autre {number}", pin="2580")
            clock["now"] += timedelta(seconds=10)
            check = pins.check_pin(person.pk, "0001", address=self.ROOM)
            looked_at += not check.by_machine

        assert looked_at == 10

    def test_a_clock_put_back_forgets_nothing(self, guessed, awa, clock):
        clock["now"] -= timedelta(days=365)

        assert pins.check_pin(awa.pk, "2580", address=self.ROOM).by_machine

    def test_what_is_forgotten_leaves_no_row(self, guessed, awa, clock):
        clock["now"] += timedelta(hours=2)
        pins.check_pin(awa.pk, "0001", address="192.168.4.21")

        assert list(PinMachine.objects.values_list("address", flat=True)) == ["192.168.4.21"]
