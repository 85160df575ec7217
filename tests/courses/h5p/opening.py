"""Opening an exercise in a browser, and hearing what it said."""

from __future__ import annotations

from tests.courses.h5p import play_site


def open_exercise(page, site, activity):
    """Press the button of the lesson; gives the sandbox once the exercise has started."""
    page.goto(f"{site}/lecon/{activity.pk}/")
    page.locator("[data-part=open]").click()
    frame = page.frame_locator("iframe.h5p-frame")
    frame.locator(".h5p-container > *").first.wait_for()
    return frame


def exercise_frame(page):
    return next(frame for frame in page.frames if frame.parent_frame)


def answers():
    """Statements that finish an attempt, in the order they were stored."""
    return [
        statement
        for statement in play_site.statements
        if statement["verb"]["id"].rsplit("/", 1)[-1] in ("answered", "completed")
        and not statement.get("context", {}).get("contextActivities", {}).get("parent")
    ]


def wait_until(page, condition, *, seconds=10):
    for _attempt in range(seconds * 20):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to be")
