"""A real Chromium for tests: Debian's, or the one named in YELEN_CHROMIUM."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route, sync_playwright

ARGUMENTS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser that lives as long as the block, started with ``more`` arguments."""
    path = os.environ.get("YELEN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()


def show(page: Page, address: str, html: bytes) -> None:
    """Open the address and find this page there, with our static files and nothing else.

    Made before the browser asks: what answers it has no database.
    """
    page.unroute_all(behavior="wait")
    page.route("**/*", lambda route: _answer(route, html))
    page.goto(address)


def _answer(route: Route, html: bytes) -> None:
    path = urlsplit(route.request.url).path
    if route.request.is_navigation_request():
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
        route.fulfill(path=found)
    else:
        route.fulfill(status=204)
