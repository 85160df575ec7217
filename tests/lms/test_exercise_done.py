"""An exercise says it is done as soon as its result is stored, without the page read again."""

from __future__ import annotations

import pytest

from tests.browser import show
from tests.lms.views.test_h5p import begun, make_exercise, send, xapi

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
LESSON = "/cours/maintenance/1.1/"
__all__ = ["begun"]

SAVED = """answer => document.querySelector("h5p-activity").dispatchEvent(new CustomEvent(
  "h5p-statement-saved", { bubbles: true, detail: { statement: {}, answer } }
))"""


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    yield page
    page.close()


def open_lesson(page, client):
    show(page, SITE + LESSON, client.get(LESSON).content)
    page.wait_for_function("!!customElements.get('exercise-done')")


def test_the_badge_shows_once_the_result_that_completes_is_stored(page, learner_client, begun):
    low = send(learner_client, begun, {"statement": xapi(raw=1)}).json()
    open_lesson(page, learner_client)
    badge = page.get_by_role("status").filter(has_text="Terminé")

    page.evaluate(SAVED, low)
    before = badge.count()
    high = send(learner_client, begun, {"statement": xapi()}).json()
    for _ in range(2):
        page.evaluate(SAVED, high)

    assert before == 0
    assert badge.locator(".badge").count() == 1
    assert badge.inner_text().strip() == "Terminé"
    assert page.locator(".activity .badge").count() == 1  # not the score of before as well
    assert page.locator(".activity.done").count() == 1


def test_who_may_say_so_themselves_need_not_any_more(page, learner_client):
    make_exercise(completion="viewed")
    learner_client.post("/cours/maintenance/")
    open_lesson(page, learner_client)
    button = page.get_by_role("button", name="Je l'ai vu")
    before = button.count()

    page.evaluate(SAVED, {"complete": True, "words": "Terminé"})

    assert (before, button.count()) == (1, 0)
