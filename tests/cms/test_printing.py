"""Wagtail's screens on paper: the whole page, without the menu and the buttons."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import show
from tests.cms import authors
from tests.factories import make_learner

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
