from __future__ import annotations

import pytest


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as it would outside a test's transaction."""

    def capture():
        return django_capture_on_commit_callbacks(execute=True)

    return capture
