"""A data folder for one run of the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile


def throwaway_folder() -> str:
    """The processes that this one starts may share it; it goes when this one ends."""
    folder, maker = tempfile.mkdtemp(prefix="yelen-test-"), os.getpid()

    def remove() -> None:
        if os.getpid() == maker:  # not one that was forked from it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
