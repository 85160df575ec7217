"""Walking through pages as a person does, with an eye on what must hold on each of them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.journeys.picturing import take_picture

AXE = Axe()
STILL = """() => [...document.querySelectorAll(".messages, .messages *")].every(
  (part) => part.getAnimations().every((one) => one.playState !== "running"))"""
"""A message of Wagtail that fades in is judged by axe in the colours it has half way."""

TO_TOP = """() => document.querySelectorAll("html, main, .wrapper *")
  .forEach((one) => one.scrollTo(0, 0))"""
"""What was pressed last may have scrolled the page, or the part of it that scrolls in Wagtail."""

SIZES = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 800}}


class Walk:
    """One person's browser window. ``look`` is called on every page passed.

    With YELEN_SCREENSHOTS set to a folder, each page looked at is kept there, small and wide.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.strangers: set[str] = set()
        self.page.on("console", self._note_complaint)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note_stranger)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, name: str, *, role: str = "button", exact: bool = False) -> None:
        """Press the first button (or link) so named, and wait for what follows."""
        self.page.get_by_role(role, name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.press(name, role="link")

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def look(self, name: str, *, without: tuple[str, ...] = ()) -> None:
        """Nothing for axe-core to find, nothing in the console, nothing wider than the screen.

        ``without``: parts that are not ours to mend (Wagtail's own admin).
        """
        self.page.wait_for_load_state()
        self.page.wait_for_function(STILL)
        self._keep_screenshots(name)
        take_picture(self.page, name)
        options = {"exclude": [[part] for part in without]} if without else None
        found = AXE.run(self.page, context=options)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert self.complaints == [], f"{name}: {self.complaints}"
        assert self.strangers == set(), f"{name}: fetched from {self.strangers}"

    def fits_a_phone(self, name: str) -> None:
        """At 360 px nothing makes the page scroll sideways."""
        self.page.set_viewport_size(SIZES["360"])
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{name} is {wide} px wide on a phone"
        self.page.set_viewport_size(SIZES["1280"])

    def _keep_screenshots(self, name: str) -> None:
        folder = os.environ.get("YELEN_SCREENSHOTS")
        if not folder:
            return
        folder_path = Path(folder)
        self.page.evaluate(TO_TOP)
        if "/admin/" in self.page.url:
            self._keep_admin_screenshots(folder_path, name)
            return
        before = self.page.viewport_size
        for width, size in SIZES.items():
            self.page.set_viewport_size(size)
            self.page.screenshot(path=folder_path / f"{name}-{width}.png", full_page=True)
        if before:
            self.page.set_viewport_size(before)

    def _keep_admin_screenshots(self, folder: Path, name: str) -> None:
        """Wagtail lays its sidebar out once: a phone is another window."""
        self.page.screenshot(path=folder / f"{name}-1280.png")
        phone = self.context.new_page()
        phone.set_viewport_size(SIZES["360"])
        phone.goto(self.page.url)
        phone.screenshot(path=folder / f"{name}-360.png")
        phone.close()

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _is_late_draft(message):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _note_stranger(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if request.url.startswith("http") and host != urlsplit(self.address).hostname:
            self.strangers.add(str(host))


def _is_late_draft(message: ConsoleMessage) -> bool:
    """Wagtail keeps drafts by itself. One that comes after publishing is refused, rightly."""
    return "status of 400" in message.text and message.location["url"].endswith("/edit/")
