from __future__ import annotations

import errno
import os

import pytest

from offline_pack.format import flushing
from offline_pack.format.flushing import Flusher


@pytest.fixture
def target(tmp_path, monkeypatch):
    monkeypatch.setattr(flushing, "FLUSH_EVERY", 10)
    with (tmp_path / "growing").open("wb", buffering=0) as opened:
        yield opened


@pytest.fixture
def flushed(monkeypatch):
    """How often the disk was asked for what was written so far."""
    calls = []
    monkeypatch.setattr(os, "fdatasync", calls.append)
    return calls


def test_the_disk_is_asked_each_time_that_enough_has_come(target, flushed):
    with Flusher(target.fileno()) as disk:
        for _ in range(5):
            disk.added(6)
        disk.flush()

    assert len(flushed) == 2


@pytest.mark.parametrize("later", ["added", "flush"])
def test_a_failure_that_the_system_tells_once_is_raised(target, monkeypatch, later):
    def fail(_handle):
        raise OSError(errno.EIO, "the stick was pulled")

    monkeypatch.setattr(os, "fdatasync", fail)

    with Flusher(target.fileno()) as disk, pytest.raises(OSError, match="pulled"):
        disk.added(10)
        disk.added(10) if later == "added" else disk.flush()
