"""A centre and a telecentre as real processes: paired, synced, cut and killed over real HTTP."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from cms.demo.instances import MANAGE, Instance, new_instance
from offline_pack.sync.envelope import decode_answer, decode_batch
from tests.offline_pack.sync.proxy import Proxy

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

PEOPLE = """
from lms.models import Cohort, Telecentre
from lms.learners import register_learner
place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
cohort = Cohort.objects.create(name="Matin", telecentre=place)
cohort.learners.set([register_learner(f"Personne {n}", telecentre=place) for n in range(3)])
"""
RECORD = """
import uuid
from lms.models import Learner
from lms.recording import record_statement
learners = list(Learner.objects.all())
for n in range({count}):
    record_statement(verb="seen", learner=learners[n % 3], object_id=uuid.uuid4(),
                     course_id=uuid.UUID(int=1), course_version=1)
"""
COUNTS = (
    "SELECT count(*) FROM yelen_lms_statement WHERE verb = 'seen'",
    "SELECT count(DISTINCT id) FROM yelen_lms_statement WHERE verb = 'seen'",
    "SELECT count(*) FROM yelen_lms_learner",
)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A centre with three learners, served; a telecentre paired with it; the centre's address."""
    folder = tmp_path_factory.mktemp("places")
    centre = new_instance("central", folder / "centre")
    telecentre = new_instance("telecentre", folder / "telecentre")
    centre.command("shell", "-c", PEOPLE)
    code = centre.command("create_pairing_code", "baobab").stdout.strip().splitlines()[-1]
    with centre.serving() as address:
        telecentre.command("pair", "--centre", address, "--code", code)
        yield centre, telecentre, address


def last_line(telecentre: Instance) -> str:
    return telecentre.command("sync").stdout.strip().splitlines()[-1]


def test_facts_go_up_rosters_come_down_and_nothing_is_sent_twice(places):
    centre, telecentre, _address = places
    _facts, _different, learners = counts(telecentre)
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=7))

    first, second = last_line(telecentre), last_line(telecentre)

    assert learners == 3
    assert first.startswith("sent 7, stored 7, received ")
    assert second == "sent 0, stored 0, received 0 notices"
    assert counts(centre)[0] - before == 7


def test_a_sync_killed_midway_goes_on_where_it_was(places):
    centre, telecentre, address = places
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=1200))
    proxy = Proxy(address, stop_at=2)
    with through(telecentre, proxy):
        process = subprocess.Popen(
            [sys.executable, MANAGE, "sync"],
            env=telecentre.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert proxy.stopped.wait(120)
        process.kill()
        process.wait(10)

    stored = counts(centre)[0] - before
    line = last_line(telecentre)

    facts, different, _learners = counts(centre)
    assert 0 < stored < 1200
    assert process.returncode == -signal.SIGKILL
    assert int(line.split()[1].rstrip(",")) <= 1200 - stored + 500  # one batch again at most
    assert facts - before == 1200
    assert facts == different


def test_an_answer_lost_on_the_way_stores_nothing_twice(places):
    centre, telecentre, address = places
    before = counts(centre)[0]
    telecentre.command("shell", "-c", RECORD.format(count=5))
    with through(telecentre, Proxy(address, loses_answers=True)):
        refused = telecentre.command("sync", check=False)

    line = last_line(telecentre)

    assert refused.returncode == 1
    assert counts(centre)[0] - before == 5
    assert line.startswith("sent 5, stored 5,")


def test_on_a_bad_line_facts_go_first_then_trust_then_people_then_packs(places):
    centre, telecentre, address = places
    centre.command("shell", "-c", NEWS)
    telecentre.command("shell", "-c", f"{RECORD.format(count=9)}{SLOW_LINE}")
    with through(telecentre, proxy := Proxy(address)):
        telecentre.command("sync")

    sent = [decode_batch(body).header.n for body, _answer in proxy.passed]
    told = [decode_answer(answer) for _body, answer in proxy.passed]
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


@contextmanager
def through(telecentre: Instance, proxy: Proxy):
    """The telecentre meets its centre at the proxy until the block ends."""
    point_at(telecentre, proxy.address)
    try:
        yield
    finally:
        proxy.close()
        point_at(telecentre, f"http://127.0.0.1:{proxy.port}")


def point_at(telecentre: Instance, address: str) -> None:
    with closing(sqlite3.connect(telecentre.data_dir / "db.sqlite3")) as database:
        database.execute("UPDATE yelen_offline_pack_centrelink SET address = ?", [address])
        database.commit()


def counts(instance: Instance) -> list[int]:
    """Facts, different facts, learners."""
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3")) as database:
        return [database.execute(query).fetchone()[0] for query in COUNTS]
