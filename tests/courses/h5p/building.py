"""Small packages built for tests: a tiny library, a tiny exercise, and what is changed in them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Content = str | bytes | Mapping[str, Any] | list[Any]

MANIFEST = {
    "title": "Essai",
    "language": "fr",
    "mainLibrary": "Test.Main",
    "embedTypes": ["div"],
    "preloadedDependencies": [
        {"machineName": "Test.Main", "majorVersion": "1", "minorVersion": 0}
    ],
}


def library_json(machine_name: str = "Test.Main", version: str = "1.0.0", **more: Any) -> dict:
    major, minor, patch = version.split(".")
    return {
        "title": machine_name,
        "machineName": machine_name,
        "majorVersion": int(major),
        "minorVersion": int(minor),
        "patchVersion": int(patch),
        "runnable": 1,
        "preloadedJs": [{"path": "main.js"}],
        **more,
    }


def members(**changes: Content | None) -> dict[str, Content]:
    """A sound package's members; a change of None takes one away."""
    whole: dict[str, Content] = {
        "h5p.json": MANIFEST,
        "content/content.json": {"text": "Bonjour"},
        "content/images/a.png": b"\x89PNG",
        "Test.Main-1.0/library.json": library_json(),
        "Test.Main-1.0/main.js": "window.Test = {Main: function () {}};",
        "Test.Main-1.0/language/fr.json": {"semantics": []},
    }
    whole |= changes
    return {name: content for name, content in whole.items() if content is not None}


def write_package(path: Path, files: Mapping[str, Content] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (members() if files is None else files).items():
            text = content if isinstance(content, str | bytes) else json.dumps(content)
            package.writestr(name, text)
    return path


def dependency(label: str) -> dict[str, Any]:
    machine_name, _space, version = label.partition(" ")
    major, _dot, minor = version.partition(".")
    return {"machineName": machine_name, "majorVersion": int(major), "minorVersion": int(minor)}
