"""The centre's pages of sync in a real browser: on a phone and on a screen, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.urls import reverse

from lms.identifiers import new_id
from offline_pack.models import QuarantinedFact
from offline_pack.sync.accepting import accept_batch
from offline_pack.telecentres.stolen import revoke_device
from tests.browser import show
from tests.factories import make_staff, make_telecentre
from tests.journeys.walking import STILL
from tests.offline_pack.sync.devices import RemoteDevice

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://yelen.test"


@pytest.fixture
def operator(client):
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


@pytest.fixture
def device():
    device = RemoteDevice(make_telecentre()).registered()
    device.lines += [b"<script>document.title = 'taken'</script>" * 20, b"{" * 5000]
    device.records(new_id())
    accept_batch(device.batch(), device=device.row)
    return device


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_nothing_is_wider_than_the_page_and_no_byte_comes_alive(
    browser, operator, device, width, scheme
):
    place, fact = device.telecentre.pk, QuarantinedFact.objects.first()
    revoke_device(device.id, stolen_at=fact.received_at)
    addresses = [
        reverse("yelen_quarantine"),
        reverse("yelen_quarantine_reason", args=[place, "unreadable"]),
        reverse("yelen_quarantine_fact", args=[fact.pk]),
        reverse("yelen_telecentre", args=[place]),
        reverse("yelen_telecentres"),
        reverse("yelen_boxes"),
    ]
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()

    for number, address in enumerate(addresses):
        html = operator.get(address).content
        show(page, SITE + address, html)
        if folder := os.environ.get("YELEN_SHOTS"):
            page.screenshot(path=Path(folder) / f"{width}-{number}.png")
        page.wait_for_function(STILL)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.title() != "taken"

    context.close()


def test_without_scripts_a_phone_shows_what_was_done_and_no_menu_over_the_page(
    browser, operator, device
):
    withdraw = reverse("yelen_device_revoke", args=[device.id])
    html = operator.post(withdraw, follow=True).content
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()

    show(page, SITE + reverse("yelen_telecentre", args=[device.telecentre.pk]), html)

    done = page.locator(".messages > ul")
    assert done.evaluate("list => getComputedStyle(list).opacity") == "1"
    assert done.evaluate("list => getComputedStyle(list).top") == "0px"
    page.locator(".yelen-back a").click(trial=True)  # nothing lies over it
    context.close()
