"""A real centre behind 64 kbit/s: whatever the line does, all arrives once, and lessons go on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from cms.demo.instances import MANAGE
from tests.offline_pack.sync.bad_line import BadLine
from tests.offline_pack.sync.test_two_processes import RECORD, counts, places, point_at

__all__ = ["places"]  # a fixture
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
FACTS = 900  # 40 KB: five seconds


@contextmanager
def over(telecentre, line):
    point_at(telecentre, line.address)
    try:
        yield line
    finally:
        line.close()
        point_at(telecentre, line.target)


@pytest.mark.parametrize(
    "fault", [{"cut_after": 30_000}, {"cut_answer_after": 500}, {"delay": 1.0}], ids=str
)
def test_after_any_fault_it_goes_on_with_at_most_one_batch_sent_again(places, fault):
    centre, telecentre, address = places
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=FACTS))
    with over(telecentre, BadLine(address, **fault)) as line:
        first = telecentre.command("sync", check=False)
        stored = counts(centre)[0] - before
    with over(telecentre, BadLine(address)):
        said = telecentre.command("sync").stdout.strip().splitlines()[-1]

    facts, different, _learners = counts(centre)
    assert (first.returncode != 0) == (line.cuts > 0)
    assert facts - before == FACTS
    assert facts == different
    assert int(said.split()[1].rstrip(",")) <= FACTS - stored + 500


def test_while_the_line_hangs_lessons_are_written(places):
    centre, telecentre, address = places
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=FACTS))
    with over(telecentre, BadLine(address, stall_after=3_000)) as line:
        process = subprocess.Popen(
            [sys.executable, MANAGE, "sync"],
            env=telecentre.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert line.stalled.wait(60)
            write_at_once(telecentre)
        finally:
            process.kill()
            process.wait(10)

    telecentre.command("sync")

    assert counts(centre)[0] - before == FACTS


def write_at_once(telecentre):
    """Raises ``OperationalError`` when anybody holds the database."""
    with closing(sqlite3.connect(telecentre.data_dir / "db.sqlite3", timeout=0.2)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE yelen_lms_learner SET name = name")
        database.commit()
