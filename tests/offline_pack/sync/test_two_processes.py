"""A centre and a telecentre as real processes: paired, synced, cut and killed over real HTTP."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from cms.demo.instances import MANAGE, Instance
from offline_pack.sync.envelope import decode_answer, decode_batch
from tests.offline_pack.sync.bad_line import BadLine, Cut, Manner, body_of
from tests.offline_pack.sync.places import change, counts

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

RECORD = """
import uuid
from lms.models import Learner
from lms.recording import record_statement
learners = list(Learner.objects.all())
for n in range({count}):
    record_statement(verb="seen", learner=learners[n % 3], object_id=uuid.uuid4(),
                     course_id=uuid.UUID(int=1), course_version=1)
"""


def last_line(telecentre: Instance) -> str:
    return telecentre.command("sync").stdout.strip().splitlines()[-1]


def test_facts_go_up_rosters_come_down_and_nothing_is_sent_twice(places):
    centre, telecentre = places.centre, places.telecentre
    _facts, _different, learners = counts(telecentre)
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=7))

    first, second = last_line(telecentre), last_line(telecentre)

    assert learners == 3
    assert first.startswith("sent 7, stored 7, received ")
    assert second == "sent 0, stored 0, received 0 notices"
    assert counts(centre)[0] - before == 7


def test_a_sync_killed_midway_goes_on_where_it_was(places):
    centre, telecentre = places.centre, places.telecentre
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=1200))
    with places.over(BadLine(places.address)) as line:
        line.begin(Cut(Manner.STALL, len, exchange=2))
        process = subprocess.Popen(
            [sys.executable, MANAGE, "sync"],
            env=telecentre.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert line.was_cut.wait(120)
        process.kill()
        process.wait(10)

    stored = counts(centre)[0] - before
    said = last_line(telecentre)

    facts, different, _learners = counts(centre)
    assert 0 < stored < 1200
    assert process.returncode == -signal.SIGKILL
    assert int(said.split()[1].rstrip(",")) <= 1200 - stored + 500  # one batch again at most
    assert facts - before == 1200
    assert facts == different


def test_an_answer_lost_on_the_way_stores_nothing_twice(places):
    centre, telecentre = places.centre, places.telecentre
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=5))
    with places.over(BadLine(places.address)) as line:
        line.begin(Cut(Manner.CLOSE, lambda _answer: 0, in_answer=True))
        refused = telecentre.command("sync", check=False)

    said = last_line(telecentre)

    assert refused.returncode == 1
    assert counts(centre)[0] - before == 5
    assert said.startswith("sent 5, stored 5,")


def test_on_a_bad_line_facts_go_first_then_trust_then_people_then_packs(places):
    centre, telecentre = places.centre, places.telecentre
    centre.command("shell", "-c", NEWS)
    telecentre.command("shell", "-c", f"{RECORD.format(count=9)}{SLOW_LINE}")
    with places.over(BadLine(places.address)) as line:
        telecentre.command("sync")
    change(centre, "DELETE FROM yelen_lms_cohort WHERE name LIKE 'Un groupe%'")

    sent = [decode_batch(body_of(request)).header.n for request in line.requests]
    told = [decode_answer(body_of(answer)) for answer in line.answers]
    down = [[item["kind"] for item in answer["down"]] for answer in told]
    facts = sum(1 for number in sent if number)
    assert facts > 1
    assert sum(sent) == 9
    # Facts alone until all are acknowledged; the time with each answer; the rest one by one.
    assert down[: facts - 1] == [[]] * (facts - 1)
    assert all(answer["server_time"] for answer in told)
    assert [kind for kinds in down for kind in kinds] == ["trust", "roster", "packs"]
    assert len(down) == facts + 2  # the trust with the last facts, two long lists by themselves


NEWS = """
from django.core.management import call_command
from lms.models import Cohort, Telecentre
from offline_pack.making.generating import generate_pack
from tests.offline_pack import courses
place = Telecentre.objects.get()
for n in range(300):
    Cohort.objects.create(name=f"Un groupe au nom assez long pour une liste {n}", telecentre=place)
generate_pack(courses.publish())
call_command("rotate_keys", "packs")
"""
SLOW_LINE = """
from offline_pack.sync.planning import keep_batch_facts
keep_batch_facts(2)
"""
