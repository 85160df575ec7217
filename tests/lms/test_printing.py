"""Pages on paper: nothing cut off, and no button that paper cannot press."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.enrolling import enrol
from tests.browser import show
from tests.factories import make_course, make_learner, make_lesson, make_modules

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
PORTRAIT, LANDSCAPE = 672, 1046  # CSS pixels between the margins of A4


@pytest.fixture
def paper(browser, manager_client):
    """Lays an address out as it is printed, between margins so wide."""
    page = browser.new_page()
    page.emulate_media(media="print")

    def lay_out(address, *, width):
        html = manager_client.get(address, headers={"Accept-Language": "fr"}).content
        page.set_viewport_size({"width": width, "height": 700})
        show(page, SITE + address, html)
        return page

    yield lay_out
    page.close()


def test_a_report_of_forty_lessons_is_whole(paper):
    more = tuple(make_lesson(title="Suite") for _ in range(36))
    first, second = make_modules()
    modules = (
        replace(first, lessons=(*first.lessons, *more[:18])),
        replace(second, lessons=(*second.lessons, *more[18:])),
    )
    enrol(make_learner(name="Rasmata Ouédraogo-Compaoré"), make_course(modules=modules))

    page = paper("/centre/rapports/?course=maintenance&cohort=", width=LANDSCAPE)

    table = page.locator(".report-table table").bounding_box()
    assert page.locator(".report-table thead th").count() == 40 + 4
    assert table["x"] >= 0
    assert table["x"] + table["width"] <= LANDSCAPE
    assert page.evaluate("getComputedStyle(document.querySelector('.report-table')).overflow") == (
        "visible"
    )


@pytest.mark.parametrize("address", ["/centre/apprenants/", "/centre/synchroniser/demander/"])
def test_what_is_printed_has_its_title_and_no_buttons(paper, awa, address):
    page = paper(address, width=PORTRAIT)

    assert page.locator("h1").is_visible()
    controls = page.locator("button, a.button, input:not([type=hidden]), select")
    assert [one.inner_text() for one in controls.all() if one.is_visible()] == []
