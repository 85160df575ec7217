"""The pictures of the documentation, taken on the way: one for a page that has its name below.

``YELEN_PICTURES=docs/screenshots pytest -m journey -k trainer_to_the_learner`` takes them anew.
"""

from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

QUALITY = 82  # of the WebP files


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    width: int = 360  # CSS pixels
    height: int = 720
    scale: float = 1.5
    shows: str = "body"  # what is at the top of it


def _screen(name: str, *, height: int) -> Picture:
    return Picture(name, width=1280, height=height, scale=1)


PICTURES = {
    "accueil": Picture("catalogue"),
    "cours": Picture("course"),
    "entrer-nom": Picture("sign-in"),
    "exercice-h5p": Picture("h5p-exercise", shows="iframe.h5p-frame"),
    "gestion-attente": Picture("management"),
    "lecon-1.3": Picture("lesson"),
    "moi-avance": Picture("home"),
    "pratique-cochee": Picture("practical-marks"),
    "quiz-reponse-0": Picture("quiz-feedback"),
    "rapports": _screen("report", height=800),
    "synchronise": _screen("sync", height=680),
    "wagtail-rapport": _screen("wagtail-report", height=800),
}
"""By the name under which a journey looks at the page."""


def take_picture(page: Page, name: str) -> None:
    """Keep the page as the documentation shows it, if it does, in YELEN_PICTURES."""
    folder, picture = os.environ.get("YELEN_PICTURES"), PICTURES.get(name)
    if not folder or picture is None:
        return
    before = page.viewport_size
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.locator(picture.shows).evaluate("part => part.scrollIntoView()")
    Image.open(io.BytesIO(_drawn(page, picture))).convert("RGB").save(
        Path(folder) / f"{picture.name}.webp", quality=QUALITY, method=6
    )
    if before:
        page.set_viewport_size(before)


def _drawn(page: Page, picture: Picture) -> bytes:
    """A PNG of what is in view, drawn at that scale and not merely made larger."""
    top = page.evaluate("window.scrollY")
    clip = {"x": 0, "y": top, "width": picture.width, "height": picture.height}
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "png", "clip": {**clip, "scale": picture.scale}}
    )
    return base64.b64decode(taken["data"])
