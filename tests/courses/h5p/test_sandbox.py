"""What a hostile package can do from inside its sandbox: nothing outside of it."""

import pytest
from playwright.sync_api import expect

from tests.courses.h5p import play_site
from tests.courses.h5p.building import members, write_package
from tests.courses.h5p.opening import exercise_frame, open_exercise

pytestmark = pytest.mark.browser

HOSTILE = """
window.Test = {};
window.Test.Main = function () { window.H5P.EventDispatcher.call(this); };
window.Test.Main.prototype.attach = function ($container) {
  const found = {};
  const attempt = (name, act) => {
    try { found[name] = String(act()); } catch (error) { found[name] = "refused"; }
  };
  attempt("cookie", () => document.cookie);
  attempt("parent document", () => window.parent.document.body.innerText);
  attempt("parent storage", () => window.parent.localStorage.length);
  attempt("frame element", () => window.frameElement && window.frameElement.id);
  attempt("popup", () => window.open("/lecon/") && "opened");
  attempt("eval", () => eval("1 + 1"));
  attempt("navigate", () => { window.top.location.href = "about:blank#gone"; return "gone"; });
  const say = (message) => window.parent.postMessage({ from: "yelen-h5p", ...message }, "*");
  say({ type: "statement", statement: "a text" });
  say({ type: "statement", statement: { verb: "x" } });
  say({ type: "statement", statement: { verb: {}, big: "x".repeat(70000) } });
  say({ type: "state", dataType: "../../etc", subContentId: "0", state: "1" });
  say({ type: "state", dataType: "state", subContentId: "0", state: "x".repeat(70000) });
  say({ type: "state", dataType: "state", subContentId: "0", state: { a: 1 } });
  say({ type: "height", height: 1e9 });
  say({ type: "open", url: "/admin/" });
  window.parent.postMessage("garbage", "*");
  window.parent.postMessage(null, "*");
  const asked = ["/lecon-privee/", "https://example.org/"].map((url) =>
    fetch(url, { credentials: "include" }).then(
      (answer) => answer.text(), () => "refused"));
  Promise.all(asked).then((answers) => {
    found.fetched = answers.join(" ");
    const shown = document.createElement("pre");
    shown.id = "found";
    shown.textContent = JSON.stringify(found);
    $container[0].append(shown);
  });
  const shape = document.createElement("div");
  shape.textContent = "hostile";
  $container[0].append(shape);
};
"""


@pytest.fixture
def hostile(publish_exercise, tmp_path):
    files = members(**{"Test.Main-1.0/main.js": HOSTILE})
    return publish_exercise(write_package(tmp_path / "hostile.h5p", files))


def test_a_hostile_package_reaches_nothing_outside(page, site, hostile):
    page.context.add_cookies([{"name": "sessionid", "value": "secret", "url": site}])
    frame = open_exercise(page, site, hostile)
    frame.locator("#found").wait_for(state="attached")
    found = exercise_frame(page).evaluate("JSON.parse(document.getElementById('found').innerText)")

    assert found == {
        "cookie": "refused",
        "parent document": "refused",
        "parent storage": "refused",
        "frame element": "null",
        "popup": "null",
        "eval": "refused",
        "navigate": "refused",
        "fetched": "refused refused",
    }
    assert page.url == f"{site}/lecon/{hostile.pk}/"
    expect(page.locator("#secret")).to_have_text("Le carnet de la formatrice")


def test_messages_of_another_shape_or_size_are_not_heard(page, site, hostile):
    frame = open_exercise(page, site, hostile)
    frame.locator("#found").wait_for(state="attached")
    page.wait_for_timeout(500)

    assert play_site.statements == []
    assert play_site.states == {}
    assert page.locator("iframe.h5p-frame").bounding_box()["height"] <= 20_000


def test_messages_of_another_window_are_not_heard(page, site, hostile):
    open_exercise(page, site, hostile)
    page.evaluate(
        """window.postMessage({from: "yelen-h5p", type: "statement",
           statement: {verb: {id: "http://adlnet.gov/expapi/verbs/answered"}}}, "*")"""
    )
    page.wait_for_timeout(500)

    assert play_site.statements == []


def test_the_frame_is_never_given_our_origin(page, site, hostile):
    open_exercise(page, site, hostile)

    iframe = page.locator("iframe.h5p-frame")
    assert iframe.get_attribute("sandbox") == "allow-scripts"
    assert iframe.get_attribute("allow") == "fullscreen"
    assert exercise_frame(page).evaluate("window.origin") == "null"
