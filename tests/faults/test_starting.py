"""A first start that is cut short is taken up by the next one."""

from __future__ import annotations

import pytest

from tests.faults.running import told_by


@pytest.mark.slow
def test_a_start_killed_after_any_commit_of_migrate_can_be_done_again():
    told = told_by("starting")

    assert told["faults"] == []
    assert told["commits"] > 20
