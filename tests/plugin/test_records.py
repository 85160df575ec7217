"""``courses`` and ``lms`` in somebody's Django site, with an exercise of their own."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def seen(visit):
    return visit("records")


def test_no_higher_floor_and_no_wagtail_is_loaded(seen):
    assert seen["loaded"] == ["courses", "lms"]


def test_a_guest_reads_and_may_sign_in(seen):
    assert seen["guest"]["lesson"]["status"] == seen["guest"]["catalogue"]["status"] == 200
    assert "Sign in" in seen["guest"]["catalogue"]["text"]
    assert seen["refused"] == "/entrer/?next=%2Fmoi%2F"


def test_a_person_of_the_host_signs_in_with_its_password_and_is_a_learner(seen):
    assert seen["signed_in"] == "/moi/"
    assert "Awa Ouédraogo" in seen["card"]["text"]


def test_a_lesson_shows_the_exercise_of_the_host_with_its_rule_and_its_address(seen):
    assert "Write 80 words." in seen["card"]["text"]
    assert f'href="{seen["exercise"]["url"]}"' in seen["card"]["text"]
    assert seen["exercise"]["status"] == 200


def test_what_the_learner_did_is_kept_and_concluded_from(seen):
    assert seen["facts"] == ["registered", "seen", "completed"]
    assert "Maintenance informatique au télécentre" in seen["home"]["text"]


def test_the_host_hears_what_was_completed(seen):
    assert seen["heard"] == ["lesson", "course"]
