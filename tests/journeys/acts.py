"""What each person does on the way, with the mouse and the words on the screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FrameLocator, expect

from cms.demo.acting import COURSE, Module
from cms.demo.visitor import Visitor
from cms.demo_loading.people import MANAGER, PIN, PLACES, SignIn
from tests.journeys.walking import Walk

GROUP = PLACES[0].group
STEPS = 6
WAGTAIL = (".Draftail-Editor__wrapper",)  # its text areas have no name for screen readers


def sign_in_to_wagtail(walk: Walk, person: SignIn) -> None:
    walk.go("/admin/login/")
    walk.look("wagtail-connexion")
    walk.page.locator("[name=username]").fill(person.username)
    walk.page.locator("[name=password]").fill(person.password)
    walk.page.locator("form [type=submit]").click()
    expect(walk.page).to_have_url(re.compile(r"/admin/$"))


def sign_in_as_manager(walk: Walk) -> None:
    walk.go("/entrer/mot-de-passe/")
    walk.look("entrer-mot-de-passe")
    walk.page.locator("[name=username]").fill(MANAGER.username)
    walk.page.locator("[name=password]").fill(MANAGER.password)
    walk.page.locator("main form button").click()
    expect(walk.page).to_have_url(re.compile(r"/centre/$"))


def sign_in_with_pin(walk: Walk, name: str) -> None:
    """Three taps and four digits, on the keys of the screen."""
    walk.go("/entrer/")
    walk.look("entrer-groupe")
    walk.follow(GROUP)
    walk.look("entrer-nom")
    walk.follow(name)
    walk.look("entrer-pin")
    for digit in PIN:
        walk.page.get_by_role("button", name=digit, exact=True).click()
    expect(walk.page).to_have_url(re.compile(r"/moi/$"))


def read_module(walk: Walk, *, lessons: int) -> None:
    """Begin the course and say of each lesson of module 1 that it is read."""
    walk.go(COURSE)
    walk.look("cours")
    walk.page.locator("main form button").first.click()
    for number in range(1, lessons + 1):
        walk.go(f"{COURSE}1.{number}/")
        walk.look(f"lecon-1.{number}")
        walk.press("J'ai lu, continuer")


def play_exercise(walk: Walk, *, lesson: str) -> None:
    """Put the six steps in order in the sandbox, and see the result stored."""
    walk.go(f"{COURSE}{lesson}/")
    walk.page.locator("[data-part=open]").click()
    frame = walk.page.frame_locator("iframe.h5p-frame")
    frame.locator(".yelen-sequence").wait_for()
    walk.look("exercice-h5p")
    for place in range(STEPS):
        for _move in range(_order(frame).index(place) - place):
            frame.locator(f"[data-step='{place}'][data-by='-1']").click()
    frame.locator(".yelen-sequence-main").first.click()
    expect(frame.get_by_role("status")).to_contain_text(f"{STEPS} sur {STEPS}")
    expect(walk.page.locator("[data-part=status]")).to_have_text("Enregistré.")


def take_quiz(walk: Walk, *, lesson: str) -> None:
    """Answer all questions: the first wrongly, then only that one again."""
    module = Module(Visitor(walk.address))
    walk.go(f"{COURSE}{lesson}/")
    walk.page.locator("main a[href*='/quiz/']").first.click()
    walk.look("quiz")
    walk.press("Commencer le quiz")
    block = module.block("quiz")
    for number in range(len(block["questions"])):
        _answer(walk, module, rightly=number > 0)
        walk.look(f"quiz-reponse-{number}")
        walk.page.locator("main a.primary").click()
    walk.look("quiz-resultat")
    walk.press("Reprendre seulement", role="button")
    _answer(walk, module, rightly=True)
    walk.page.locator("main a.primary").click()
    expect(walk.page.locator(".result")).to_contain_text("Quiz réussi")
    walk.look("quiz-reussi")


def ask_to_be_observed(walk: Walk, *, lesson: str) -> None:
    walk.go(f"{COURSE}{lesson}/")
    walk.page.locator("main a[href*='/pratique/']").first.click()
    walk.look("pratique")
    walk.press("Je suis prêt·e")
    walk.look("pratique-en-attente")


def mark_practical(walk: Walk, name: str) -> None:
    walk.go("/centre/pratiques/")
    walk.look("pratiques")
    walk.follow(name)
    walk.look("pratique-a-noter")
    for item in walk.page.locator("input[type=radio][value=alone]").all():
        item.check()
    walk.look("pratique-cochee")
    walk.press("Enregistrer")
    walk.look("pratique-notee")


def synchronise(walk: Walk) -> None:
    walk.go("/centre/synchroniser/")
    walk.look("synchroniser")
    walk.press("Synchroniser maintenant")
    expect(walk.page.locator(".notice.success")).to_be_visible(timeout=60_000)
    walk.look("synchronise")


def edit_lesson(walk: Walk, *, title: str, new_title: str) -> None:
    """Find the lesson, change its title, see the preview's page, publish."""
    walk.go("/admin/pages/search/?q=" + title.split(maxsplit=1)[0])
    walk.page.get_by_role("link", name=title).first.click()
    walk.page.locator("[name=title]").wait_for()
    walk.look("wagtail-lecon", without=WAGTAIL)
    walk.page.locator("[name=title]").fill(new_title)
    walk.page.locator("[data-w-dropdown-target=toggle]").last.click()
    walk.page.locator("button[name=action-publish]").click()
    expect(walk.page.locator(".messages")).to_contain_text("publi")


def generate_pack(walk: Walk, *, into: Path) -> Path:
    """Generate the course's pack in Wagtail and download it onto the stick."""
    walk.go("/admin/")
    walk.page.get_by_role("link", name="Paquets").first.click()
    walk.page.locator("main form button").first.click()
    link = walk.page.locator("a[download]").first
    link.wait_for(timeout=60_000)
    walk.look("wagtail-paquets", without=WAGTAIL)
    with walk.page.expect_download() as download:
        link.click()
    path = into / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _order(frame: FrameLocator) -> list[int]:
    buttons = frame.locator(".yelen-sequence-step button:first-of-type")
    return [int(step) for step in buttons.evaluate_all("all => all.map(b => b.dataset.step)")]


def _answer(walk: Walk, module: Module, *, rightly: bool) -> None:
    walk.page.get_by_role("button", name="Répondre").wait_for()  # the question has come
    right = module.right_answer_on(walk.page.content())
    if walk.page.locator("#answer").count():
        walk.page.locator("#answer").fill(right[0] if rightly else "999")
    else:
        offered = walk.page.locator("input[name=answer]")
        values = [box.get_attribute("value") for box in offered.all()]
        wanted = right if rightly else [value for value in values if value not in right][:1]
        for value in wanted:
            walk.page.locator(f"input[name=answer][value='{value}']").check()
    walk.press("Répondre")


def pair(walk: Walk, *, centre: str, code: str) -> None:
    walk.go("/centre/synchroniser/")
    walk.look("jumeler")
    walk.page.locator("[name=centre]").fill(centre)
    walk.page.locator("[name=code]").fill(code)
    walk.page.locator("main form button.primary").click()
    expect(walk.page.locator("#standing")).to_be_visible(timeout=60_000)
    walk.look("jumele")


def install_pack(walk: Walk) -> None:
    """Three clicks: Paquets, Installer, done."""
    walk.go("/centre/paquets/")
    walk.look("paquets")
    walk.press("Installer", exact=True)
    expect(walk.page.locator(".notice.success")).to_be_visible(timeout=120_000)
    walk.look("paquet-installe")
    walk.go("/centre/paquets/")
    walk.look("paquets-installes")


def read_report(walk: Walk, *, learner: str, telecentre: str) -> None:
    """Wagtail's Reports menu: the learner has a row, with the time of the last sync."""
    walk.go("/admin/reports/yelen/")
    expect(walk.page.locator("main")).to_contain_text(telecentre)
    expect(walk.page.locator("main")).to_contain_text(learner)
    walk.look("wagtail-rapport", without=WAGTAIL)
