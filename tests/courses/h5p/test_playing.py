"""The project's own exercise, played in a real browser inside its sandbox."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cms.demo_loading.h5p_package import SAFETY_ORDER, build_package
from courses.h5p.results import read_result
from tests.courses.h5p import play_site
from tests.courses.h5p.opening import answers, exercise_frame, open_exercise, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def sequence(publish_exercise, tmp_path):
    package = build_package(SAFETY_ORDER, tmp_path / "ordre.h5p")
    return publish_exercise(package, text_equivalent="<p>Arrêter, débrancher, ouvrir.</p>")


def order_of(frame):
    buttons = frame.locator(".yelen-sequence-step button:first-of-type")
    return [int(step) for step in buttons.evaluate_all("all => all.map(b => b.dataset.step)")]


def focus_by_keyboard(page, frame, *, step, by):
    """Tab until the arrow has the focus, as somebody without a mouse does."""
    wanted = {"step": str(step), "by": str(by)}
    for _attempt in range(40):
        page.keyboard.press("Tab")
        if exercise_frame(page).evaluate("({...document.activeElement.dataset})") == wanted:
            return
    raise AssertionError(f"the keyboard never reached {wanted}")


def test_it_is_done_with_the_keyboard_alone(page, site, sequence):
    page.goto(f"{site}/lecon/{sequence.pk}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe.h5p-frame")
    frame.locator(".yelen-sequence").wait_for()

    for place in range(6):
        way = order_of(frame).index(place) - place
        if way:
            focus_by_keyboard(page, frame, step=place, by=-1)
        for _move in range(way):
            page.keyboard.press("Enter")
    assert order_of(frame) == [0, 1, 2, 3, 4, 5]
    focus_by_keyboard(page, frame, step=5, by=1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(frame.get_by_role("status")).to_contain_text("Étapes bien placées : 6 sur 6.")
    wait_until(page, answers)
    result = read_result(answers()[-1])
    assert (result.raw, result.max, result.success) == (6, 6, True)
    assert result.is_passed(pass_percent=70)


def test_closing_and_opening_again_restores_the_answer(page, site, sequence):
    frame = open_exercise(page, site, sequence)
    frame.locator("[data-by='1']").first.click()
    before = order_of(frame)
    page.locator("[data-part=close]").click()
    expect(page.locator("iframe")).to_have_count(0)
    wait_until(page, lambda: play_site.states)

    frame = open_exercise(page, site, sequence)

    expect(frame.locator(".yelen-sequence-step")).to_have_count(6)
    assert order_of(frame) == before


def test_nothing_of_it_is_fetched_before_the_button_is_pressed(page, site, sequence):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{site}/lecon/{sequence.pk}/", wait_until="networkidle")

    assert [url for url in fetched if "h5p" in url] == [
        f"{site}/static/yelen_courses/h5p/h5p-activity.js"
    ]
    fetched.clear()
    page.locator("[data-part=open]").click()
    page.frame_locator("iframe").locator(".yelen-sequence").wait_for()
    assert len(fetched) <= 12


def test_an_answer_the_server_did_not_take_is_sent_again(page, site, sequence):
    frame = open_exercise(page, site, sequence)
    wait_until(page, lambda: play_site.statements)
    play_site.refusals[:] = [500]
    play_site.statements.clear()

    frame.locator(".yelen-sequence-main").first.click()

    element = page.locator("h5p-activity")
    expect(element).to_have_attribute("data-state", "retrying")
    expect(page.locator("[data-part=status]")).to_have_text(element.get_attribute("data-retrying"))
    expect(element).to_have_attribute("data-state", "saved")
    assert len(answers()) == 1


def test_an_answer_the_server_refuses_is_not_sent_again(page, site, sequence):
    frame = open_exercise(page, site, sequence)
    wait_until(page, lambda: play_site.statements)
    page.locator("h5p-activity[data-state=saved]").wait_for()
    play_site.refusals[:] = [400]

    frame.locator(".yelen-sequence-main").first.click()

    wait_until(page, lambda: not play_site.refusals)
    page.wait_for_timeout(2500)
    assert answers() == []


def test_without_javascript_it_is_read_as_text(chromium, site, sequence):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/lecon/{sequence.pk}/")

    assert "JavaScript" in page.locator("noscript").inner_text()
    expect(page.get_by_text("Arrêter, débrancher, ouvrir.")).to_be_visible()
    expect(page.locator("[data-part=open]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_player_page_nor_around_it(page, site, sequence, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_exercise(page, site, sequence)
    page.locator("h5p-activity[data-state=saved]").wait_for()
    around = Axe().run(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    page.goto(f"{site}/h5p/{sequence.pk}/1/")
    page.locator(".yelen-sequence-main").first.click()
    inside = Axe().run(page)

    assert overflow <= 0
    assert around.violations_count == 0, around.generate_report()
    assert inside.violations_count == 0, inside.generate_report()


def test_it_fits_its_frame_and_the_frame_fits_the_page(page, site, sequence):
    frame = open_exercise(page, site, sequence)
    frame.locator(".yelen-sequence-main").first.wait_for()
    page.wait_for_timeout(300)

    inner = exercise_frame(page)
    assert inner.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1")
    style = page.locator("iframe.h5p-frame").get_attribute("style")
    assert re.fullmatch(r"block-size: \d+px;", style)


def test_the_page_around_hears_that_somebody_is_playing(page, site, sequence):
    frame = open_exercise(page, site, sequence)
    page.evaluate("window.heard = []; addEventListener('message', (e) => heard.push(e.data.type))")

    frame.locator("[data-by='1']").first.click()

    wait_until(page, lambda: "active" in page.evaluate("heard"))
