"""Turn the drawings of the demo course (``*.svg``, here) into the WebP files lessons show.

Run it from the root of the project, for all drawings or for some of them::

    python -m cms.demo.drawings.render
    python -m cms.demo.drawings.render pc-eclate atelier

It needs playwright, Pillow, a Chromium (``CHROMIUM``, by default ``/usr/bin/chromium``) and the
font DejaVu Sans, so that letters fall where the drawings were checked. Both files are committed:
installing the demo course then needs none of these.
"""

from __future__ import annotations

import io
import os
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
WIDTH = 1280  # pixels: sharp on a shared PC, and three times a small phone
MAX_BYTES = 40 * 1024  # curriculum: one image a lesson, 40 KB at most
COLOURS = (128, 96, 64, 48)  # flat drawings: a small palette keeps letters sharp and files light


class TooHeavyError(Exception):
    """A drawing does not fit in ``MAX_BYTES`` in the smallest palette we would show."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is above {MAX_BYTES} bytes: draw it more simply")
        self.name = name


def main(names: list[str]) -> None:
    sources = [FOLDER / f"{name}.svg" for name in names] or sorted(FOLDER.glob("*.svg"))
    for source, image in _screenshots(sources):
        target = source.with_suffix(".webp")
        target.write_bytes(_webp(image, name=source.stem))
        sys.stdout.write(f"{target.name}: {target.stat().st_size} bytes\n")


def _screenshots(sources: list[Path]) -> Iterator[tuple[Path, Image.Image]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],  # build machines run as root
        )
        page = browser.new_page()
        for source in sources:
            yield source, _screenshot(page, source)
        browser.close()


def _screenshot(page: Page, source: Path) -> Image.Image:
    """``source`` drawn ``WIDTH`` pixels wide, its height following its viewBox."""
    svg = source.read_text(encoding="utf-8")
    _, _, width, height = map(float, ElementTree.fromstring(svg).attrib["viewBox"].split())  # noqa: S314 - our own file
    page.set_viewport_size({"width": WIDTH, "height": round(WIDTH * height / width)})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:100vw}}</style>{svg}")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _webp(image: Image.Image, *, name: str) -> bytes:
    """``image`` without loss but for its palette, the widest of ``COLOURS`` that fits."""
    for colours in COLOURS:
        buffer = io.BytesIO()
        _flattened(image, colours).save(buffer, "WEBP", lossless=True, method=6)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    raise TooHeavyError(name)


def _flattened(image: Image.Image, colours: int) -> Image.Image:
    """``image`` in its own most frequent colours, so that every flat shape keeps its exact one.

    Pillow's own ``quantize`` is faster, but shifts the ground a little from drawing to drawing.
    """
    pixels = struct.Struct("3B").iter_unpack(image.tobytes())
    counted = Counter(pixels)
    palette = [colour for colour, _ in counted.most_common(colours)]
    nearest = {c: bytes(min(palette, key=lambda p: _distance(p, c))) for c in counted}
    pixels = struct.Struct("3B").iter_unpack(image.tobytes())
    return Image.frombytes("RGB", image.size, b"".join(nearest[pixel] for pixel in pixels))


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
