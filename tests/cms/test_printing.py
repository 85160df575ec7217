"""Wagtail's screens on paper, and where they scroll: whole pages, without menu and buttons."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lms.enrolling import enrol
from lms.models import Learner
from tests.browser import show
from tests.cms import authors
from tests.factories import make_cohort, make_course, make_learner

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
PORTRAIT = 718  # CSS pixels between the margins of A4


def test_all_of_a_page_is_printed_and_nothing_lies_over_it(browser, client):
    client.force_login(authors.trainer(is_superuser=True))
    for name in ("Awa Ouédraogo", "Issa Kaboré", "Moussa Sawadogo", "Rasmané Compaoré"):
        make_learner(name=name, birth_year=1990)
        make_learner(name=name, birth_year=1990)
    address = reverse("yelen_people")
    html = client.get(address).content
    page = browser.new_page(viewport={"width": PORTRAIT, "height": 700})
    page.emulate_media(media="print")

    show(page, SITE + address, html)

    assert page.locator("main h2").first.bounding_box()["x"] < 20
    assert page.locator("h1").is_visible()
    assert page.locator("#wagtail-sidebar").is_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") > 1400
    assert page.evaluate("document.documentElement.scrollWidth") <= PORTRAIT
    buttons = page.locator("main .button")
    assert [one.inner_text() for one in buttons.all() if one.is_visible()] == []
    page.close()


def test_a_report_on_paper_says_of_which_group_it_is(browser, client):
    cohort = make_cohort(make_learner(name="Awa Ouédraogo"), name="Groupe du mardi")
    enrol(Learner.objects.get(), make_course())
    client.force_login(authors.trainer(is_superuser=True))
    address = reverse("yelen_report")
    html = client.get(address, {"cohort": cohort.pk}).content
    page = browser.new_page(viewport={"width": PORTRAIT, "height": 700})

    show(page, SITE + address, html)

    chosen = page.locator(".report-chosen")
    assert chosen.is_hidden()
    page.emulate_media(media="print")
    assert chosen.is_visible()
    assert "Groupe du mardi" in chosen.inner_text()
    assert page.locator(".report-choice").is_hidden()
    page.close()


def test_what_has_the_focus_far_down_is_in_view_at_once(browser, client):
    client.force_login(authors.trainer(is_superuser=True))
    for number in range(12):
        make_learner(name=f"Awa Numéro {number}", birth_year=1990)
        make_learner(name=f"Awa Numéro {number}", birth_year=1990)
    address = reverse("yelen_people")
    html = client.get(address).content
    page = browser.new_page(viewport={"width": 360, "height": 700})

    show(page, SITE + address, html)
    last = page.locator("main button").last
    last.evaluate("button => button.focus()")

    assert 0 <= last.bounding_box()["y"] < 700
    page.close()
