"""A disk that is full at the start, in the middle, or has no more files to give."""

from __future__ import annotations

import pytest

from tests.faults.running import told_by

EXPECTED = {
    "full at the start": "NotEnoughSpaceError",
    "full while staging": "NotEnoughSpaceError",
    "full before the syncfs": "NotEnoughSpaceError",
    "full while pieces are kept": "NotEnoughSpaceError",
    "full before the commit": "NotEnoughSpaceError",
    "no files at the start": "NotEnoughFilesError",
    "no files while staging": "NotEnoughSpaceError",
}


@pytest.fixture(scope="module")
def found():
    return told_by("filling")


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_told(found):
    report = found["limited"]["a file above the limit"]

    assert (report["error"], report["faults"]) == ("StoreWriteError", [])
    assert "too large" in report["words"]


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_version_and_room_completes_the_import(found):
    if "no_disk" in found:
        pytest.skip(f"no disk can be mounted here: {found['no_disk']}")
    reports = found["mounted"]

    assert {name: report["error"] for name, report in reports.items()} == EXPECTED
    assert {name: report["faults"] for name, report in reports.items()} == {
        name: [] for name in EXPECTED
    }


@pytest.mark.slow
def test_what_is_lacking_at_the_start_is_said_in_numbers(found):
    if "no_disk" in found:
        pytest.skip(f"no disk can be mounted here: {found['no_disk']}")
    space, files = (found["mounted"][f"{what} at the start"] for what in ("full", "no files"))

    assert int(space["facts"]["needed"]) > int(space["facts"]["free"]) > 0
    assert int(files["facts"]["needed"]) > int(files["facts"]["free"]) > 0
    assert (space["taken"], files["taken"]) == (0, 0)
