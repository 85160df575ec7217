from __future__ import annotations

import pytest

from tests.cms import authors


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as it would outside a test's transaction."""

    def capture():
        return django_capture_on_commit_callbacks(execute=True)

    return capture


@pytest.fixture
def trainer(client):
    """Signed in."""
    user = authors.trainer()
    client.force_login(user)
    return user
