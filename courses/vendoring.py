"""Third-party front-end files, from ``node_modules`` to where they are served.

``python -m courses.vendoring``, run by ``make setup`` after ``npm ci``. Nothing third-party is
committed: the copies are ignored by git and part of the built wheel. Plain Python.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "courses" / "static" / "yelen_courses"

# H5P core and its own images; its ``main.bundle.js`` is left out, as the page that
# ``courses.h5p.player`` writes does the same with a fifth of the requests.
_PLAYER_FILES = (
    "dist/frame.bundle.js",
    "dist/fonts/h5p-core-30.woff2",
    "dist/fonts/h5p-hub-publish.woff2",
    "dist/fonts/h5p-theme.woff2",
    "dist/images/throbber.gif",
    "dist/styles/h5p.css",
    "LICENSE",
)
# 110 KB a face: the system's own font is good enough, and already there.
_TEXT_FONT = re.compile(r"@font-face\s*\{[^}]*fonts/(?:inter|open-sans)/[^}]*\}\s*")


def main() -> int:
    modules = ROOT / "node_modules"
    if not modules.is_dir():
        sys.stderr.write("node_modules is missing: run npm ci first\n")
        return 1
    vendor = STATIC / "vendor"
    copy_player(modules / "h5p-standalone", to=vendor / "h5p")
    names = icon_names(STATIC / "icons.txt")
    copy_icons(modules / "lucide-static", names, to=vendor / "icons")
    sys.stdout.write(f"vendored the H5P player and {len(names)} icons\n")
    return 0


def copy_player(package: Path, *, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    for name in _PLAYER_FILES:
        target = to / name.removeprefix("dist/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / name, target)
    style = to / "styles" / "h5p.css"
    style.write_text(_TEXT_FONT.sub("", style.read_text("utf-8")), "utf-8")


def icon_names(listing: Path) -> list[str]:
    """One name a line; empty lines and ``#`` comments are passed over."""
    if not listing.is_file():
        return []
    lines = (line.split("#")[0].strip() for line in listing.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def copy_icons(package: Path, names: list[str], *, to: Path) -> None:
    """Copy the icons named; raises ``FileNotFoundError`` for a name the set does not have."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for name in names:
        shutil.copyfile(package / "icons" / f"{name}.svg", to / f"{name}.svg")
    shutil.copyfile(package / "LICENSE", to / "LICENSE")


if __name__ == "__main__":
    raise SystemExit(main())
