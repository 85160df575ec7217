"""Parsing at the door: ``h5p.json`` and ``library.json`` into dataclasses, every fault told.

Source: H5P specification, "h5p.json" and "library.json".
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from courses.errors import PackageFault
from courses.h5p.archive import printable
from courses.h5p.naming import LibraryName, is_machine_name

_LANGUAGE = re.compile(r"[-a-zA-Z]{1,10}")
_VERSION = re.compile(r"\d{1,6}", re.ASCII)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class PackageManifest:
    """What ``h5p.json`` says; None where it says it wrongly, and a fault tells so."""

    title: str
    language: str
    main_library: LibraryName | None
    listed: tuple[LibraryName, ...]  # preloadedDependencies; often only the main library


@dataclass(frozen=True, slots=True)
class LibraryManifest:
    """What ``library.json`` says, with versions as numbers and paths made plain."""

    name: LibraryName
    patch: int
    title: str
    runnable: bool
    core_api: tuple[int, int]  # the H5P core it was written for; (0, 0) = not said
    scripts: tuple[str, ...]  # preloadedJs
    styles: tuple[str, ...]  # preloadedCss
    dependencies: tuple[LibraryName, ...]  # preloadedDependencies

    @property
    def metadata(self) -> dict[str, Any]:
        """The ``library.json`` a player needs: JSON types, no floats, nothing unknown."""
        return {
            "title": self.title,
            "machineName": self.name.machine_name,
            "majorVersion": self.name.major,
            "minorVersion": self.name.minor,
            "patchVersion": self.patch,
            "runnable": int(self.runnable),
            "preloadedJs": [{"path": path} for path in self.scripts],
            "preloadedCss": [{"path": path} for path in self.styles],
            "preloadedDependencies": [
                {
                    "machineName": name.machine_name,
                    "majorVersion": name.major,
                    "minorVersion": name.minor,
                }
                for name in self.dependencies
            ],
        }


class FaultFinder:
    """Reads fields of one JSON file and writes down each that is missing or wrong."""

    def __init__(self, path: str, document: Mapping[str, Any]) -> None:
        self.path, self.document = path, document
        self.faults: list[PackageFault] = []

    def blame(self, code: str, name: str) -> None:
        self.faults.append(PackageFault(code, {"path": self.path, "field": name}))

    def text(self, name: str, *, pattern: re.Pattern[str] | None = None) -> str:
        value = self.document.get(name, _MISSING)
        if value is _MISSING:
            self.blame("field-missing", name)
            return ""
        right = isinstance(value, str) and value.strip() != "" and _can_be_written(value)
        if not right or (pattern and not pattern.fullmatch(value)):
            self.blame("field-wrong", name)
            return ""
        return str(value)

    def version(self, name: str) -> int:
        value = self.document.get(name, _MISSING)
        if value is _MISSING:
            self.blame("field-missing", name)
            return 0
        return self._number(value, name)

    def machine_name(self, name: str) -> str:
        value = self.text(name)
        if value and not is_machine_name(value):
            self.blame("field-wrong", name)
            return ""
        return value

    def embed_types(self) -> None:
        value = self.document.get("embedTypes", _MISSING)
        if value is _MISSING:
            self.blame("field-missing", "embedTypes")
        elif not isinstance(value, list) or not value or set(map(str, value)) - {"div", "iframe"}:
            self.blame("field-wrong", "embedTypes")

    def libraries(self, name: str, *, required: bool) -> tuple[LibraryName, ...]:
        """A list of ``{machineName, majorVersion, minorVersion}``."""
        found = []
        for item in self._list(name, required=required):
            machine = item.get("machineName") if isinstance(item, Mapping) else None
            if not isinstance(machine, str) or not is_machine_name(machine):
                self.blame("field-wrong", name)
                continue
            before = len(self.faults)
            numbers = [self._number(item.get(f"{part}Version"), name) for part in _PARTS]
            if len(self.faults) == before:
                found.append(LibraryName(machine, *numbers))
        return tuple(dict.fromkeys(found))

    def paths(self, name: str) -> tuple[str, ...]:
        """A list of ``{path}``, relative to the library's folder."""
        found = []
        for item in self._list(name, required=False):
            path = item.get("path") if isinstance(item, Mapping) else None
            plain = posixpath.normpath(path) if isinstance(path, str) and path else ""
            if not plain or plain.startswith(("..", "/")) or "\\" in plain:
                self.blame("field-wrong", name)
            else:
                found.append(plain)
        return tuple(dict.fromkeys(found))

    def core_api(self) -> tuple[int, int]:
        value = self.document.get("coreApi")
        if value is None:
            return (0, 0)
        if not isinstance(value, Mapping):
            self.blame("field-wrong", "coreApi")
            return (0, 0)
        major, minor = (self._number(value.get(f"{part}Version"), "coreApi") for part in _PARTS)
        return (major, minor)

    def _list(self, name: str, *, required: bool) -> list[Any]:
        value = self.document.get(name, _MISSING)
        if value is _MISSING:
            if required:
                self.blame("field-missing", name)
            return []
        if not isinstance(value, list):
            self.blame("field-wrong", name)
            return []
        return value

    def _number(self, value: Any, name: str) -> int:
        right = isinstance(value, str | int) and not isinstance(value, bool)
        if not right or not _VERSION.fullmatch(str(value)):
            self.blame("field-wrong", name)
            return 0
        return int(value)


_PARTS = ("major", "minor")


def read_package_manifest(
    document: Mapping[str, Any],
) -> tuple[PackageManifest, list[PackageFault]]:
    """Read ``h5p.json``."""
    finder = FaultFinder("h5p.json", document)
    title = finder.text("title")
    language = finder.text("language", pattern=_LANGUAGE)
    main = finder.machine_name("mainLibrary")
    finder.embed_types()
    listed = finder.libraries("preloadedDependencies", required=True)
    chosen = next((name for name in listed if name.machine_name == main), None)
    if main and chosen is None and not finder.faults:
        finder.faults.append(PackageFault("main-library-unlisted", {"library": main}))
    return PackageManifest(title, language, chosen, listed), finder.faults


def read_library_manifest(
    path: str, document: Mapping[str, Any]
) -> tuple[LibraryManifest | None, list[PackageFault]]:
    """Read a ``library.json``; None when it has faults."""
    finder = FaultFinder(path, document)
    title = finder.text("title")
    machine = finder.machine_name("machineName")
    major, minor, patch = (finder.version(f"{part}Version") for part in (*_PARTS, "patch"))
    runnable = finder.version("runnable")
    if runnable not in (0, 1):
        finder.blame("field-wrong", "runnable")
    manifest = LibraryManifest(
        name=LibraryName(machine, major, minor),
        patch=patch,
        title=title,
        runnable=runnable == 1,
        core_api=finder.core_api(),
        scripts=finder.paths("preloadedJs"),
        styles=finder.paths("preloadedCss"),
        dependencies=finder.libraries("preloadedDependencies", required=False),
    )
    return (None if finder.faults else manifest), finder.faults


def parse_json(path: str, content: bytes) -> tuple[Any, PackageFault | None]:
    """Any JSON value, or the fault that says where reading stopped."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse), None
    except json.JSONDecodeError as error:
        return None, PackageFault("json", {"path": printable(path), "line": error.lineno})
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None, PackageFault("json", {"path": printable(path), "line": 1})


def _can_be_written(text: str) -> bool:
    """Half of a surrogate pair is legal in JSON and in no file."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
