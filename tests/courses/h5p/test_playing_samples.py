"""Exercises of others, played in a real browser to a stored score, and opened again."""

import pytest
from playwright.sync_api import expect

from courses.h5p.results import read_result
from tests.courses.h5p import play_site
from tests.courses.h5p.opening import answers, exercise_frame, open_exercise, wait_until
from tests.courses.h5p.samples import SAMPLES, needs_samples

pytestmark = [pytest.mark.browser, needs_samples]


def drag_words(frame):
    zones = frame.locator(".h5p-drag-droppable-words .ui-droppable")
    for place, word in enumerate(("blue", "red", "orange")):
        frame.locator(".ui-draggable", has_text=word).drag_to(zones.nth(place))
    frame.get_by_role("button", name="Check").click()


def choose(frame):
    frame.get_by_role("radio", name="Very dark purple").or_(
        frame.get_by_role("checkbox", name="Very dark purple")
    ).click()
    frame.get_by_role("button", name="Check").click()


def fill_blanks(frame):
    for place, word in enumerate(("blue", "Cloud", "black")):
        frame.locator("input.h5p-text-input").nth(place).fill(word)
        frame.locator("input.h5p-text-input").nth(place).press("Enter")
    check = frame.get_by_role("button", name="Check")
    if check.is_visible():
        check.click()


def choose_one_by_one(frame):
    for answer in ("Wolfberries", "Asia", "Dried"):
        frame.locator(".h5p-sc-current-slide .h5p-sc-alternative", has_text=answer).click()


def say_false(frame):
    frame.get_by_role("radio", name="False").click()
    frame.get_by_role("button", name="Check").click()


PLAYED = [
    ("H5P.DragText.h5p", drag_words, 3),
    ("H5P.MultiChoice-1.16.h5p", choose, 1),
    ("H5P.Blanks-1.14.h5p", fill_blanks, 3),
    ("H5P.SingleChoiceSet-1.11.h5p", choose_one_by_one, 3),
    ("h5p-test.h5p", say_false, 1),
]


@pytest.mark.parametrize(("name", "play", "points"), PLAYED, ids=[row[0] for row in PLAYED])
def test_it_is_played_to_a_stored_score(page, site, publish_exercise, name, play, points):
    activity = publish_exercise(SAMPLES / name)
    failures = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("requestfailed", lambda request: failures.append(request.url))
    page.on("response", lambda r: failures.append(r.url) if r.status >= 400 else None)
    frame = open_exercise(page, site, activity)

    play(frame)

    wait_until(page, answers, seconds=20)
    result = read_result(answers()[-1])
    assert (result.raw, result.max) == (points, points)
    assert result.is_passed(pass_percent=70)
    assert not any("actor" in statement for statement in play_site.statements)
    assert failures == []


def test_words_dragged_are_in_their_place_when_opened_again(page, site, publish_exercise):
    activity = publish_exercise(SAMPLES / "H5P.DragText.h5p")
    frame = open_exercise(page, site, activity)
    zones = frame.locator(".h5p-drag-droppable-words .ui-droppable")
    frame.locator(".ui-draggable", has_text="red").drag_to(zones.nth(1))
    close(page)

    frame = open_exercise(page, site, activity)

    zones = frame.locator(".h5p-drag-droppable-words .ui-droppable")
    expect(zones.nth(1)).to_contain_text("red")
    expect(zones.nth(0)).not_to_contain_text("blue")


def test_a_choice_is_still_chosen_when_opened_again(page, site, publish_exercise):
    activity = publish_exercise(SAMPLES / "H5P.MultiChoice-1.16.h5p")
    frame = open_exercise(page, site, activity)
    frame.locator(".h5p-answer", has_text="Blue").click()
    close(page)

    frame = open_exercise(page, site, activity)

    expect(frame.locator(".h5p-answer[aria-checked=true]")).to_contain_text("Blue")


def test_a_set_goes_on_where_it_was_left(page, site, publish_exercise):
    activity = publish_exercise(SAMPLES / "H5P.SingleChoiceSet-1.11.h5p")
    frame = open_exercise(page, site, activity)
    slide = frame.locator(".h5p-sc-current-slide")
    slide.locator(".h5p-sc-alternative", has_text="Wolfberries").click()
    expect(slide.filter(has_text="also known")).to_have_count(0)
    close(page)

    frame = open_exercise(page, site, activity)

    slide = frame.locator(".h5p-sc-current-slide")
    expect(slide.filter(has_text="native to")).to_be_visible()
    expect(slide.filter(has_text="also known")).to_have_count(0)


def close(page):
    page.locator("[data-part=close]").click()
    expect(page.locator("iframe")).to_have_count(0)
    wait_until(page, lambda: play_site.states)
    page.locator("h5p-activity[data-state=saved]").wait_for()


@pytest.mark.parametrize(
    "name", ["accordion.h5p", "H5P.Dialogcards-1.9.h5p", "valid3-3-images.h5p", "valid2.h5p"]
)
def test_what_has_no_score_is_shown_without_an_error(page, site, publish_exercise, name):
    activity = publish_exercise(SAMPLES / name)
    failures = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("response", lambda r: failures.append(r.url) if r.status >= 400 else None)

    open_exercise(page, site, activity)
    page.wait_for_timeout(500)

    assert (
        exercise_frame(page).evaluate("document.querySelector('.h5p-content').offsetHeight") > 20
    )
    assert page.locator("h5p-activity").get_attribute("data-state") != "failed"
    assert failures == []


def test_what_is_completed_by_being_opened_says_that_it_is_open(page, site, publish_exercise):
    activity = publish_exercise(SAMPLES / "valid3-3-images.h5p")

    open_exercise(page, site, activity)

    wait_until(page, lambda: "initialized" in verbs_sent())


def verbs_sent():
    return [read_result(statement).verb for statement in play_site.statements]


def test_a_first_play_asks_for_few_files(page, site, publish_exercise):
    activity = publish_exercise(SAMPLES / "H5P.MultiChoice-1.16.h5p")
    page.goto(f"{site}/lecon/{activity.pk}/")
    fetched = []
    page.on("response", lambda response: fetched.append(response.url))
    page.locator("[data-part=open]").click()
    page.frame_locator("iframe").locator(".h5p-answer").first.wait_for()
    page.wait_for_load_state("networkidle")

    assert 10 < len(fetched) <= 30
