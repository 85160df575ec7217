"""All floors in an existing Wagtail site with a home page and a ``courses`` of its own."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(visit):
    return visit("town")


def test_the_site_keeps_its_home_page_and_its_own_courses(seen):
    assert seen["home"]["text"].strip() == "<h1>The town: Home</h1>"
    assert seen["evening"]["text"].strip() == "<ul><li>Pottery</li></ul>"


@pytest.mark.parametrize("name", ["catalogue", "course", "lesson"])
def test_what_a_trainer_publishes_is_there_for_learners_below_the_chosen_address(seen, name):
    assert seen[name]["status"] == 200
    assert "Informatique" in seen[name]["text"]


def test_a_lesson_reads_as_it_was_written(seen):
    assert "230 volts." in seen["lesson"]["text"]
    assert 'href="/formation/' in seen["lesson"]["text"]


def test_a_page_of_wagtail_leads_to_the_page_of_learners(seen):
    assert seen["lesson_url"].endswith("/formation/cours/informatique/1.1/")
    assert seen["lesson_redirect"] == "/formation/cours/informatique/1.1/"


def test_a_list_of_courses_may_be_added_below_the_home_page(seen):
    assert seen["may_add_list"]


@pytest.mark.parametrize("name", ["admin", "editor", "progress", "packs", "sync", "h5p"])
def test_the_screens_of_wagtail_have_ours_among_them(seen, name):
    assert seen[name]["status"] == 200


def test_the_screens_of_wagtail_keep_the_look_of_the_site(seen):
    assert "Town" in seen["admin"]["text"]
    assert "Welcome to Yelen" not in seen["admin"]["text"]
    assert "brand.css" not in seen["admin"]["text"]
    assert "yelen_cms/logo" not in seen["admin"]["text"]


def test_an_address_that_is_not_there_gets_the_page_of_the_host(seen):
    assert seen["missing"]["status"] == 404
    assert "yelen" not in seen["missing"]["text"].lower()


def test_the_celery_of_the_site_stays_the_one_in_use(seen):
    assert seen["celery"] == "town"
