from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def small_reserve(settings):
    """Tests may run on a nearly full disk."""
    settings.YELEN_RESERVE_BYTES = 1024 * 1024
