"""How H5P names a library: ``H5P.Image 1.1`` in content, ``H5P.Image-1.1`` as a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MACHINE_NAME = r"[\w0-9\-\.]{1,255}"
_LABEL = re.compile(
    rf"(?P<name>{_MACHINE_NAME}) (?P<major>\d{{1,6}})\.(?P<minor>\d{{1,6}})", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class LibraryName:
    """A library as content refers to it; the patch version is not part of its name."""

    machine_name: str
    major: int
    minor: int

    @property
    def label(self) -> str:
        return f"{self.machine_name} {self.major}.{self.minor}"

    @property
    def folder(self) -> str:
        return f"{self.machine_name}-{self.major}.{self.minor}"

    @property
    def is_for_editor(self) -> bool:
        """A widget of the official editor, which a player never needs."""
        return self.machine_name.startswith("H5PEditor.")


def is_machine_name(text: str) -> bool:
    """Source: H5P specification, library.json, ``machineName``."""
    return re.fullmatch(_MACHINE_NAME, text, re.ASCII) is not None


def parse_label(text: str) -> LibraryName | None:
    """Read ``Name major.minor``; None when the text is anything else."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    return LibraryName(found["name"], int(found["major"]), int(found["minor"]))


def parse_folder(text: str) -> LibraryName | None:
    """Read ``Name-major.minor``; None when the text is anything else."""
    machine_name, _dash, version = text.rpartition("-")
    return parse_label(f"{machine_name} {version}")
