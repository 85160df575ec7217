from __future__ import annotations

from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.slow

PACKAGES = ("cms", "courses", "lms", "offline_pack")
SHOWN = ("html", "css", "js", "svg", "webp", "toml", "txt", "json")


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_the_folder(*suffixes: str) -> set[str]:
    """Files of the four packages here, by their ending."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for suffix in suffixes
        for path in Path(ROOT, package).rglob(f"*.{suffix}")
    }


def test_the_wheel_holds_the_four_packages_and_nothing_beside(names):
    roots = {PurePosixPath(name).parts[0] for name in names}

    assert {root for root in roots if not root.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in names if name.endswith((".po", ".pyc"))] == []


def test_the_wheel_holds_what_pages_and_the_demo_are_made_of(names):
    assert in_the_folder(*SHOWN) - names == set()


def test_the_wheel_holds_each_language_compiled(names):
    compiled = {str(PurePosixPath(name).with_suffix(".mo")) for name in in_the_folder("po")}

    assert compiled != set()
    assert compiled - names == set()


def test_the_wheel_holds_what_the_setup_command_brought_with_its_licences(names):
    vendor = "courses/static/yelen_courses/vendor"

    assert {
        f"{vendor}/h5p/frame.bundle.js",
        f"{vendor}/h5p/LICENSE",
        f"{vendor}/icons/book-open.svg",
        f"{vendor}/icons/LICENSE",
    } <= names


def test_the_wheel_says_under_which_licences_it_comes(names):
    licences = {PurePosixPath(name).name for name in names if "/licenses/" in name}

    assert licences == {"LICENSE", "THIRD_PARTY.md"}
