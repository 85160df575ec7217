"""A real centre at the end of a bad line: all arrives, once, and lessons go on."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import product

import pytest

from offline_pack.sync.envelope import decode_batch
from tests.offline_pack.sync.bad_line import AT_64_KBIT_S, BadLine, Cut, Manner, body_of
from tests.offline_pack.sync.places import Worker, change, counts

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

FACTS, AT_FIRST = 35, 10  # sent as 10, 20 and 5, which bring a list of people with them
EXCHANGES = 3
RANDOM_CUTS = int(os.environ.get("YELEN_FAULTS_LINE_CUTS") or 6)
SEED = int(os.environ.get("YELEN_FAULTS_SEED") or time.time_ns() % 1_000_000)
PATIENCE, SHORT = 60.0, 0.3  # seconds without a byte
PLACES = {
    "before the first byte": lambda message: 0,
    "in the first line": lambda message: message.index(b"\r\n") // 2,
    "after the first line": lambda message: message.index(b"\r\n") + 2,
    "in the headers": lambda message: message.index(b"\r\n\r\n") // 2,
    "after the headers": lambda message: message.index(b"\r\n\r\n") + 4,
    "in the body": lambda message: len(message) - len(body_of(message)) // 2,
    "before the last byte": lambda message: len(message) - 1,
    "after the last byte": len,
}


@dataclass(frozen=True)
class Outcome:
    """Of a sync that was cut and the one after it."""

    refused_after: str = ""
    stored: int = FACTS
    doubled: int = 0
    waiting: int = 0
    group: str = ""
    is_one_batch_again: bool = True  # at most


@pytest.fixture(scope="module")
def worker(places):
    worker = Worker(places.telecentre)
    yield worker
    worker.close()


@pytest.fixture
def line(places):
    with places.over(BadLine(places.address)) as line:
        yield line


def assert_resumes(places, worker, line, cut, *, patience=SHORT, **pace):
    """Once more, with more patience, when a sync gave up before the line had stalled."""
    patience = patience if cut.manner == Manner.STALL else PATIENCE
    was_cut = False
    while not was_cut and patience <= PATIENCE:
        group = rename_the_group(places.centre)
        was_cut, outcome = cut_and_resumed(places, worker, line, cut, patience, **pace)
        assert outcome == Outcome(group=group)
        patience *= 4
    assert was_cut


def cut_and_resumed(places, worker, line, cut, patience, **pace):
    before, _different, _learners = counts(places.centre)
    worker.do(record=FACTS, at_once=AT_FIRST)
    line.begin(cut, **pace)
    worker.do(sync=patience)
    was_cut, first = line.was_cut.is_set(), facts_in(line.requests)
    line.begin(**pace)
    after = worker.do(sync=PATIENCE)

    facts, different, _learners = counts(places.centre)
    again = sum(first) + sum(facts_in(line.requests)) - FACTS
    return was_cut, Outcome(
        refused_after=after["refused"],
        stored=facts - before,
        doubled=facts - different,
        waiting=after["waiting"],
        group=group_name(places.telecentre),
        is_one_batch_again=0 <= again <= max(first, default=0),
    )


def facts_in(requests):
    """How many each of them carries."""
    return [decode_batch(body_of(request)).header.n for request in requests]


def rename_the_group(centre):
    """So that the centre has something to say."""
    name = f"Groupe {random.randrange(10**9)}"  # noqa: S311
    change(centre, "UPDATE yelen_lms_cohort SET name = ?", name)
    return name


def group_name(telecentre):
    with closing(sqlite3.connect(telecentre.data_dir / "db.sqlite3")) as database:
        return database.execute("SELECT name FROM yelen_lms_cohort").fetchone()[0]


@pytest.mark.parametrize("manner", Manner)
def test_cut_at_any_place_it_goes_on_with_at_most_one_batch_sent_again(
    places, worker, line, manner
):
    cases = list(product(PLACES, (False, True)))
    for number, (place, in_answer) in enumerate(cases):
        cut = Cut(manner, PLACES[place], 1 + number % EXCHANGES, in_answer)
        print(place, cut)

        assert_resumes(places, worker, line, cut)


def test_cut_at_any_byte_at_64_kbit_s_it_goes_on_with_at_most_one_batch_sent_again(
    places, worker, line
):
    print(f"YELEN_FAULTS_SEED={SEED}")
    chance = random.Random(SEED)  # noqa: S311
    for number in range(RANDOM_CUTS):
        share = chance.random()
        cut = Cut(
            chance.choice(list(Manner)),
            lambda message, share=share: int(share * (len(message) + 1)),
            chance.randint(1, EXCHANGES),
            chance.random() < 0.5,
        )
        print(number, share, cut)
        pace = {"bits_per_second": AT_64_KBIT_S, "delay": number % 2 * 0.2}

        assert_resumes(places, worker, line, cut, patience=4 * SHORT, **pace)


def test_while_the_line_hangs_lessons_are_written(places, worker, line):
    before = counts(places.centre)[0]
    worker.do(record=FACTS)
    line.begin(Cut(Manner.STALL, PLACES["in the body"]))
    worker.begin(sync=2.0)
    assert line.was_cut.wait(60)

    change(places.telecentre, "UPDATE yelen_lms_learner SET name = name", wait=0.2)

    assert worker.end()["refused"]
    line.begin()
    assert worker.do(sync=PATIENCE)["waiting"] == 0
    assert counts(places.centre)[0] - before == FACTS
