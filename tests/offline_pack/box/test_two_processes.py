"""Telecentres as real processes: one on the network, one with nothing but a stick, and clones."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cms.demo.instances import Instance, new_instance

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

WAITING = """
SELECT coalesce(sum(e.last_sequence - e.acknowledged), 0)
FROM yelen_lms_epoch e JOIN yelen_lms_device d ON d.id = e.device_id WHERE d.is_self
"""
SEEN = "SELECT id FROM yelen_lms_statement WHERE verb = 'seen'"
UNPLUGGED = ("unshare", "--map-root-user", "--net")

PEOPLE = """
from lms.models import Cohort, Telecentre
from lms.learners import register_learner
for slug in ("reseau", "cle"):
    place = Telecentre.objects.create(slug=slug, name=slug.title())
    cohort = Cohort.objects.create(name="Matin", telecentre=place)
    cohort.learners.set([register_learner(f"Personne {n}", telecentre=place) for n in range(3)])
"""
RECORD = """
import uuid
from lms.models import Learner
from lms.recording import NewFact, record_statements
learners = list(Learner.objects.order_by("name"))
course = uuid.UUID(int=1)
record_statements([
    NewFact("seen", learners[n % 3].pk, uuid.UUID(int=100 + n % 7), course, 1)
    for n in range({count})
])
"""
TOTALS = """
SELECT l.name, s.verb, count(*), count(DISTINCT s.object_id)
FROM yelen_lms_statement s
JOIN yelen_lms_learner l ON l.id = s.learner_id
JOIN yelen_lms_telecentre t ON t.id = l.telecentre_id
WHERE t.slug = ? GROUP BY l.name, s.verb ORDER BY l.name, s.verb
"""


@pytest.fixture(scope="module")
def paired(tmp_path_factory) -> tuple[Instance, Instance]:
    """A centre, and a telecentre that it knows by stick; to be copied."""
    folder = tmp_path_factory.mktemp("paired")
    centre = new_instance("central", folder / "centre")
    telecentre = new_instance("telecentre", folder / "telecentre")
    centre.command("shell", "-c", PEOPLE)
    pair_by_stick(telecentre, centre, folder)
    return centre, telecentre


@pytest.fixture
def centre(paired, tmp_path) -> Instance:
    return copy(paired[0], tmp_path / "centre")


@pytest.fixture
def lonely(paired, tmp_path) -> Instance:
    """A telecentre whose commands see no network, not even this machine's own."""
    try:
        subprocess.run([*UNPLUGGED, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets us make no namespace without a network")
    return replace(copy(paired[1], tmp_path / "lonely"), within=UNPLUGGED)


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_a_telecentre_with_nothing_but_a_stick_has_the_same_totals(
    tmp_path, centre, lonely, stick
):
    wired = new_instance("telecentre", tmp_path / "wired")
    with centre.serving() as address:
        code = centre.command("create_pairing_code", "reseau").stdout.strip().splitlines()[-1]
        refused = lonely.command("pair", "--centre", address, "--code", code, check=False)
        wired.command("pair", "--centre", address, "--code", code)
        wired.command("shell", "-c", RECORD.format(count=620))
        wired.command("sync")
    lonely.command("shell", "-c", RECORD.format(count=600))

    wrote = last_line(lonely, "export_box", str(stick))
    took = last_line(centre, "import_box", str(stick))
    read = last_line(lonely, "import_box", str(stick))
    lonely.command("shell", "-c", RECORD.format(count=20))
    lonely.command("export_box", str(stick))
    again = last_line(centre, "import_box", str(stick))
    last = last_line(lonely, "import_box", str(stick))

    assert refused.returncode == 1
    assert wrote.startswith("wrote 600 statements: cle-")
    assert wrote.endswith("you may pull the stick")
    assert took == "stored 600, waiting 0, wrote 1 answers; you may pull the stick"
    assert read.startswith("stored 600, received ")
    assert again == "stored 20, waiting 0, wrote 1 answers; you may pull the stick"
    assert last.startswith("stored 20, received ")
    assert sum(row[2] for row in totals(centre, "cle") if row[1] == "seen") == 620
    assert totals(centre, "cle") == totals(centre, "reseau")


def test_a_clone_that_speaks_first_to_a_centre_put_back_loses_nobody_s_results(
    tmp_path, paired, centre, stick
):
    card = copy(paired[1], tmp_path / "card")
    work(card, count=5, write=stick)
    centre.command("import_box", str(stick))
    work(card, read=stick)
    clone = copy(card, tmp_path / "clone")
    before = copy(paired[0], tmp_path / "before")

    for machine, count in ((clone, 4), (card, 3)):
        work(machine, count=count, write=stick)
        before.command("import_box", str(stick), check=False)  # a fork, which the answer heals
        work(machine, read=stick, write=stick)
        before.command("import_box", str(stick))
        work(machine, read=stick)

    held = ids(before)
    assert len(held) == len(set(held)) == 5 + 4 + 3
    assert set(held) == {*ids(clone), *ids(card)}
    assert [waiting(machine) for machine in (clone, card)] == [0, 0]


def work(
    machine: Instance, *, read: Path | None = None, count: int = 0, write: Path | None = None
) -> None:
    """In one process, which starts slowly: read the answer, learn, save onto the stick."""
    steps = ["from django.core.management import call_command"]
    steps += [f"call_command('import_box', {str(read)!r})"] if read else []
    steps += [RECORD.format(count=count)] if count else []
    steps += [f"call_command('export_box', {str(write)!r})"] if write else []
    machine.command("shell", "-c", "\n".join(steps))


def copy(instance: Instance, folder: Path) -> Instance:
    """As a card is copied: nothing of it runs meanwhile."""
    shutil.copytree(instance.data_dir, folder)
    return replace(instance, data_dir=folder)


def ids(instance: Instance) -> list[bytes]:
    return [row[0] for row in rows(instance, SEEN)]


def waiting(instance: Instance) -> int:
    """Facts of its own that it does not know to be at the centre."""
    return int(rows(instance, WAITING)[0][0])


def rows(instance: Instance, query: str, *values: str) -> list[tuple]:
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3")) as database:
        return database.execute(query, values).fetchall()


def pair_by_stick(telecentre: Instance, centre: Instance, stick: Path) -> None:
    """As two people do who read eight words to each other."""
    asked = last_line(telecentre, "pair", "--stick", str(stick))
    centre.command("pairing_requests", "--stick", str(stick))
    words = asked.split(": ")[1]
    centre.command("approve_pairing", "cle", "--words", words, "--stick", str(stick))
    offered = last_line(telecentre, "pair", "--stick", str(stick))
    telecentre.command("pair", "--accept", offered.split(": ")[1])


def totals(centre: Instance, slug: str) -> list[tuple[str, str, int, int]]:
    """Of each learner: facts of each verb, and how many things they are about."""
    return rows(centre, TOTALS, slug)


def last_line(instance: Instance, *command: str) -> str:
    return instance.command(*command).stdout.strip().splitlines()[-1]
