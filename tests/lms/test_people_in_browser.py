"""The pages about people in a real browser, on a phone and on a screen, in both directions."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from wagtail.users.models import UserProfile

from lms.enrolling import enrol
from lms.people.aliasing import decide
from lms.people.erasing import erase_person
from offline_pack.models import ErasureReport
from tests.browser import show
from tests.factories import make_course, make_learner, make_staff, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
PEOPLE = "/admin/reports/people/"
ERASED = "/admin/sync/erased/"
OURS = {"include": [["main"]]}  # what is around it is Wagtail's


@pytest.fixture(params=["fr", "ar"])
def coordinator(request, client):
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    UserProfile.objects.create(user=user, preferred_language=request.param)
    client.force_login(user, backend="lms.backends.LearnerBackend")
    client.language = request.param
    return client


@pytest.fixture
def people():
    """Awa twice and Issa, known as one with his double; Fati, erased; Moussa, erased once."""
    here = make_telecentre()
    there = make_telecentre(name="Espace numérique du quartier Dapoya", slug="dapoya")
    awa = make_learner(name="Awa Ouédraogo", birth_year=1999, id=UUID(int=1))
    make_learner(name="OUEDRAOGO Awa", birth_year=1999, telecentre=there)
    enrol(awa, make_course())
    decide(
        make_learner(name="Issa"), make_learner(name="Hissa K.", telecentre=there), is_same=True
    )
    erase_person(make_learner(name="Fati"), by=None)
    device = RemoteDevice(here).registered().row
    moussa = make_learner(name="Moussa")
    ErasureReport.objects.create(learner_id=moussa.pk, device=device)
    return awa


def test_pages_about_people_fit_and_are_for_everybody(browser, coordinator, people):
    addresses = [f"{PEOPLE}?q=awa", f"{PEOPLE}{people.pk}/?q=issa", ERASED]
    pages = [coordinator.get(address).content for address in addresses]
    wrong = coordinator.post(f"{PEOPLE}{people.pk}/erase/", {"name": "x"}).content

    for width in (360, 1280):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        for number, html in enumerate([*pages, wrong]):
            show(page, SITE + PEOPLE, html)
            if folder := os.environ.get("YELEN_SHOTS"):
                name = f"people-{coordinator.language}-{width}-{number}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
            if (width, coordinator.language) == (360, "fr"):
                found = Axe().run(page, context=OURS)
                assert found.violations_count == 0, f"{number}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, number
        context.close()
