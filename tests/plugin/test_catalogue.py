"""``courses`` alone in somebody's Django site."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def seen(visit):
    return visit("catalogue")


def test_no_other_floor_and_no_wagtail_is_loaded(seen):
    assert seen["loaded"] == ["courses"]


def test_the_catalogue_says_so_when_it_is_empty(seen):
    assert seen["empty"]["status"] == 200
    assert "No course here yet" in seen["empty"]["text"]


def test_a_published_course_is_in_the_catalogue_and_has_its_page(seen):
    assert seen["catalogue"]["status"] == seen["course"]["status"] == 200
    assert "Maintenance informatique au télécentre" in seen["catalogue"]["text"]
    assert "/cours/maintenance/1.1/" in seen["course"]["text"]


def test_a_guest_reads_a_lesson_with_its_media_and_exercises(seen):
    assert seen["lesson"]["status"] == seen["blob"]["status"] == 200
    assert "Awa veut réparer un poste." in seen["lesson"]["text"]
    assert "Quiz : travailler en sécurité" in seen["lesson"]["text"]
    assert "Pratique : ouvrir un poste" in seen["lesson"]["text"]


def test_nothing_asks_a_guest_to_sign_in_where_nobody_can(seen):
    assert "Sign in" not in seen["catalogue"]["text"] + seen["lesson"]["text"]


def test_the_languages_of_django_are_not_all_offered(seen):
    assert "languages" not in seen["catalogue"]["text"]


def test_the_look_is_there(seen):
    assert seen["stylesheet"]
    assert "yelen_courses/yelen.css" in seen["catalogue"]["text"]


def test_an_address_that_is_not_there_gets_the_page_of_the_host(seen):
    assert seen["missing"]["status"] == 404
    assert "yelen" not in seen["missing"]["text"].lower()
