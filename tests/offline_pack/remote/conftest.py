from __future__ import annotations

import pytest

from offline_pack.remote import lines
from tests.offline_pack import versions
from tests.offline_pack.remote.server import Server


@pytest.fixture
def offered(tmp_path, db):
    """Versions 1 and 2 of a course as packs, in a folder that is served."""
    return versions.packs(tmp_path / "served", count=2)


@pytest.fixture
def server(tmp_path):
    (tmp_path / "served").mkdir(exist_ok=True)
    server = Server(tmp_path / "served")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Nobody waits long in a test."""
    monkeypatch.setattr(lines, "FIRST_WAIT", 0.001)
