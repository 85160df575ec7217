"""An exercise says it is done as soon as its result is stored, without the page read again."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.browser import chromium
from tests.lms.views.test_h5p import begun, make_exercise, send, xapi

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
LESSON = "/cours/maintenance/1.1/"
__all__ = ["begun"]

SAVED = """answer => document.querySelector("h5p-activity").dispatchEvent(new CustomEvent(
  "h5p-statement-saved", { bubbles: true, detail: { statement: {}, answer } }
))"""


@pytest.fixture(scope="module")
def browser():
    """Playwright runs an event loop in this thread; the database is none the worse for it."""
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    yield page
    page.close()


def show(page, client):
    html = client.get(LESSON).content
    page.route("**/*", lambda route: _serve(route, html))
    page.goto(SITE + LESSON)
    page.wait_for_function("!!customElements.get('exercise-done')")


def _serve(route, html):
    path = urlsplit(route.request.url).path
    if route.request.is_navigation_request():
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
        route.fulfill(path=found)
    else:
        route.fulfill(status=204)


def test_the_badge_shows_once_the_result_that_completes_is_stored(page, learner_client, begun):
    low = send(learner_client, begun, {"statement": xapi(raw=1)}).json()
    show(page, learner_client)
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
    show(page, learner_client)
    button = page.get_by_role("button", name="Je l'ai vu")
    before = button.count()

    page.evaluate(SAVED, {"complete": True, "words": "Terminé"})

    assert (before, button.count()) == (1, 0)
