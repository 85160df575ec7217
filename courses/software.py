"""Which Yelen this is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

UNKNOWN = "0"
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


@cache
def software_version() -> str:
    """Such as "0.1.0": of the installed package, or of the checkout this runs from."""
    try:
        return version("yelen")
    except PackageNotFoundError:
        return checkout_version(PROJECT)


def checkout_version(project: Path) -> str:
    """What the project file says; ``UNKNOWN`` when it is not there, or another project's."""
    try:
        about = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        return UNKNOWN
    return str(about.get("version", UNKNOWN)) if about.get("name") == "yelen" else UNKNOWN
