"""Sticks that cannot be written, are pulled, or hold volumes of several packs in a muddle."""

from __future__ import annotations

import pytest

from tests.faults.running import told_by

ANYWHERE = {
    "cut short while read": "PackSizeError",
    "overwritten while read": "PackDamagedError",
    "volumes mixed": "",
}
MOUNTED = {
    "a stick that cannot be written": "",
    "pulled while read": "PackReadError",
    "gone before it is read": "PackReadError",
    "a store that cannot be written": "StoreWriteError",
}


@pytest.fixture(scope="module")
def found():
    return told_by("sticks")


@pytest.mark.slow
def test_a_file_that_changes_while_it_is_read_and_volumes_in_a_muddle(found):
    reports = found["anywhere"]

    assert {name: report["error"] for name, report in reports.items()} == ANYWHERE
    assert [report["faults"] for report in reports.values()] == [[]] * len(ANYWHERE)
    assert reports["volumes mixed"]["answer"] == "Installed"


@pytest.mark.slow
def test_media_that_cannot_be_written_or_go_away(found):
    if "no_disk" in found:
        pytest.skip(f"no disk can be mounted here: {found['no_disk']}")
    reports = found["mounted"]

    assert {name: report["error"] for name, report in reports.items()} == MOUNTED
    assert [report["faults"] for report in reports.values()] == [[]] * len(MOUNTED)
