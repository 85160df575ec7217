"""The pages of pairing without a code in a real browser: phone and screen, French and Arabic."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.urls import reverse

from lms.recording import own_device
from offline_pack.models import AskedBy, OwnRequest
from offline_pack.pairing.admitting import approve, take_ask
from offline_pack.pairing.asking import read_offer, write_ask
from tests.browser import show
from tests.factories import make_staff
from tests.offline_pack.box.asking import Asker, put_offer

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"


@pytest.fixture(params=[("ar", 360), ("fr", 1280)], ids=str)
def look(request, browser, client):
    """At an address, in a language and on a width: no violation, nothing wider than the page."""
    language, width = request.param
    client.post("/langue/", {"language": language, "next": "/"})
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()

    def look(address, name):
        html = client.get(address, headers={"accept-language": language}).content
        show(page, SITE + address, html)
        if folder := os.environ.get("YELEN_SHOTS"):
            path = Path(folder) / f"{name}-{language}-{width}.png"
            page.screenshot(path=path, full_page=True)
        found = Axe().run(page, context="main")
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    yield look
    context.close()


def test_what_a_manager_sees(look, client, settings, stick, telecentre):
    settings.YELEN_ROLE, settings.YELEN_USB_DIR = "telecentre", stick
    settings.YELEN_CLOCK_QUALITY = 0
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")
    write_ask(stick)
    look(reverse("yelen_offline_pack:sync"), "sync")
    look(reverse("yelen_offline_pack:sync_ask"), "ask")
    OwnRequest.objects.update(address="https://centre.example.org")
    look(reverse("yelen_offline_pack:sync_ask"), "ask-awaited")
    OwnRequest.objects.update(is_refused=True)
    look(reverse("yelen_offline_pack:sync_ask"), "ask-refused")
    OwnRequest.objects.update(is_refused=False)

    put_offer(stick, device=own_device(), telecentre=telecentre)
    read_offer(stick)

    look(reverse("yelen_offline_pack:sync_ask"), "offer")


def test_what_a_coordinator_sees(look, client, settings, stick, telecentre):
    settings.YELEN_USB_DIR = stick
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    for number in range(2):
        row = take_ask(Asker().data(name="x" * 100), way=AskedBy.STICK)
        if number:
            approve(row, telecentre=telecentre)

    look(reverse("yelen_requests"), "requests")
    look(reverse("yelen_telecentres"), "telecentres")
    look(reverse("yelen_telecentre", args=[telecentre.pk]), "telecentre")
