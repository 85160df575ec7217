from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from cms.demo.instances import Instance, free_port, new_instance
from tests.browser import chromium
from tests.journeys.walking import Walk

HOST = "cours.lan"


@dataclass(frozen=True)
class Network:
    """A centre and a telecentre, served, with the demo's people; nothing has travelled yet."""

    centre: Instance
    telecentre: Instance
    centre_address: str
    telecentre_address: str
    stick: Path

    @property
    def lan_address(self) -> str:
        """The telecentre under a plain-http host name: no secure context."""
        return f"http://{HOST}:{urlsplit(self.telecentre_address).port}"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    port, stick = free_port(), folder / "usb"
    stick.mkdir()
    centre = new_instance(
        "central", folder / "centre", YELEN_PUBLIC_URL=f"http://127.0.0.1:{port}"
    )
    telecentre = new_instance("telecentre", folder / "telecentre", YELEN_USB_DIR=str(stick))
    centre.command("load_demo")
    telecentre.command("load_demo")
    with ExitStack() as servers:
        yield Network(
            centre=centre,
            telecentre=telecentre,
            centre_address=servers.enter_context(centre.serving(port=port)),
            telecentre_address=servers.enter_context(telecentre.serving()),
            stick=stick,
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {HOST} 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def walk(browser: Browser) -> Iterator[Callable[[str], Walk]]:
    """A new browser window, without cookies, for a person at that address."""
    with ExitStack() as windows:

        def open_window(address: str) -> Walk:
            context = browser.new_context(
                locale="fr-FR", viewport={"width": 1280, "height": 800}, accept_downloads=True
            )
            windows.callback(context.close)
            context.set_default_timeout(20_000)
            return Walk(context, address)

        yield open_window
