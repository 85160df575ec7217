"""A disk that fails while it is written or read: the old version stays, and a retry completes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.running import told_by

SHIM = Path(__file__).with_name("failing.c")

# What the person is told, by its class.
EXPECTED = {
    "EIO writing a file": "StoreWriteError",
    "ENOSPC writing a file": "NotEnoughSpaceError",
    "EIO in the first syncfs": "StoreWriteError",
    "EIO in the second syncfs": "StoreWriteError",
    "ENOSPC in syncfs": "NotEnoughSpaceError",
    "EIO writing the database": "StoreWriteError",
    "ENOSPC writing the database": "NotEnoughSpaceError",
    "EIO in the database's fsync": "StoreWriteError",
    "ENOSPC in the database's fsync": "StoreWriteError",
    "EIO reading the head of the pack": "PackReadError",
    "EIO reading a blob of the pack": "PackReadError",
    "EIO reading a patch's base": "BaseMissingError",
    "EIO in the fsync of what arrives": "StoreWriteError",
    "ENOSPC writing what arrives": "NotEnoughSpaceError",
    "ENOSPC keeping a piece": "NotEnoughSpaceError",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A report for every case, from one process."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        pytest.skip("making system calls fail needs a C compiler")
    library = tmp_path_factory.mktemp("shim") / "failing.so"
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        pytest.skip(f"the compiler cannot make a library: {built.stderr[-300:]}")
    return told_by("failing", LD_PRELOAD=str(library))


@pytest.mark.slow
def test_a_call_that_fails_is_told_and_leaves_the_old_version_whole(found):
    assert {name: report["error"] for name, report in found.items()} == EXPECTED
    assert {name: report["faults"] for name, report in found.items()} == {
        name: [] for name in EXPECTED
    }


@pytest.mark.slow
def test_nothing_is_in_the_store_before_it_is_on_the_disk(found):
    refused = ("EIO writing a file", "EIO in the first syncfs", "ENOSPC in syncfs")

    assert [found[name]["taken"] for name in refused] == [0, 0, 0]
    assert found["EIO in the second syncfs"]["taken"] > 0
