"""Pages of packs and sync before axe-core, at 320 px, in light and dark, in French and Arabic."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from lms.models import Role
from offline_pack.format.signing import PACKS
from offline_pack.making.exporter import export_pack
from offline_pack.models import AvailablePack, CentreLink
from offline_pack.trust.keys import own_key
from tests.browser import show
from tests.factories import make_telecentre
from tests.offline_pack import courses, people

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"
STUCK_TOGETHER = """() => [...document.querySelectorAll("main .actions")].some((actions) => {
  const next = actions.nextElementSibling ?? actions.closest("form")?.nextElementSibling;
  const gap = next && next.getBoundingClientRect().top - actions.getBoundingClientRect().bottom;
  return next?.checkVisibility() && Math.abs(gap) < 8;
})"""
OUT_OF_ITS_SHEET = """() => [...document.querySelectorAll(".sheet :is(input, select)")].some(
  (field) => field.getBoundingClientRect().right
    > field.closest(".sheet").getBoundingClientRect().right - 8)"""


@pytest.fixture
def manager(client, settings, tmp_path):
    settings.YELEN_ROLE = "telecentre"
    settings.YELEN_USB_DIR = tmp_path / "usb"
    settings.YELEN_USB_DIR.mkdir()
    cache.clear()
    client.force_login(people.user("awa", role=Role.MANAGER))
    return client


@pytest.fixture(params=[("light", "fr"), ("dark", "ar")], ids="-".join)
def inspect(request, browser, manager):
    """Look at an address as the manager is served it."""
    scheme, language = request.param
    manager.post("/langue/", {"language": language, "next": "/"})
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()

    def inspect(address):
        html = manager.get(address).content  # here: a route has no database
        show(page, SITE + address, html)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert not page.evaluate(STUCK_TOGETHER), address
        assert not page.evaluate(OUT_OF_ITS_SHEET), address

    yield inspect
    context.close()


def test_what_a_manager_sees_of_sync(inspect):
    for address in ("/centre/synchroniser/", "/centre/horloge/"):
        inspect(address)
    CentreLink.objects.create(
        address="https://centre.example.org",
        name="Centre",
        sync_key="00" * 32,
        telecentre=make_telecentre(),
        last_error="CentreDateError",
        error_facts={"address": "https://centre.example.org", "clock": "2001-01-01"},
    )

    inspect("/centre/synchroniser/")
    CentreLink.objects.update(last_error="EmptyRosterError", error_facts={"held": 12})
    for address in ("/centre/synchroniser/", "/centre/synchroniser/liste-vide/"):
        inspect(address)


def test_what_a_manager_sees_of_packs(inspect, settings):
    CentreLink.objects.create(
        address="https://centre.example.org", sync_key="00" * 32, telecentre=make_telecentre()
    )
    course = courses.publish()
    to = settings.YELEN_USB_DIR / "un.pack"
    export_pack(course, to=to, key=own_key(PACKS))
    told = {
        "version": course.version,
        "added": [["1.2", "Nettoyer"]],
        "changed": [["1.1", "Ouvrir"]],
        "removed": [],
        "more": {"added": 0, "changed": 3, "removed": 0},
    }
    AvailablePack.objects.create(
        course_id=course.pk,
        slug=course.slug,
        title=course.title,
        version=course.version + 1,
        size=10**6,
        manifest_sha256="ab" * 32,
        path="/packs/x.pack",
        news={"lessons": 2, "since": [told]},
    )

    inspect("/centre/paquets/")
    inspect(f"/centre/paquets/{course.slug}/retirer/")
