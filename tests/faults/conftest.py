from __future__ import annotations

import os

import pytest


@pytest.fixture
def root():
    """Mounting needs it."""
    if os.geteuid() != 0:
        pytest.skip("mounting a disk image needs root")
