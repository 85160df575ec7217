"""A telecentre with nothing but a stick: paired, its database lost, its keys changed."""

from __future__ import annotations

import pytest

from tests.faults.running import told_by

pytestmark = pytest.mark.slow


def test_a_telecentre_with_nothing_but_a_stick_may_lose_its_database_and_its_keys():
    told = told_by("sides", "lost database")

    assert told["paired"] == "cle is paired with Yelen (by stick)"
    assert told["took"] == "stored 20, waiting 0, wrote 1 answers; you may pull the stick"
    assert told["again"] == "CommandError"
    assert told["roster"] == {"learners": 3, "devices": 0, "seen": 10, "ids": 10}
    assert told["database lost"] == {"learners": 3, "devices": 1, "seen": 30, "ids": 30}
    assert told["keys lost"] == {"learners": 3, "devices": 2, "seen": 35, "ids": 35}


def test_new_keys_survive_kills_lost_answers_and_old_backups():
    told = told_by("sides", "new keys")

    assert told["faults"] == []
    assert told["cuts"] == told["trials"]
    # Put back from before the change: its old key is still good, its stream forks and heals.
    assert told["known"] == 2
    assert told["forked"] == "CommandError"
    assert told["healed"].startswith("stored 1, waiting 0,")
