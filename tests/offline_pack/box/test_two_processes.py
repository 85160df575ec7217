"""Two telecentres as real processes: one on the network, one with nothing but a stick."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cms.demo.instances import Instance, new_instance

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

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


@pytest.fixture
def lonely(tmp_path) -> Instance:
    """A telecentre whose commands see no network, not even this machine's own."""
    try:
        subprocess.run([*UNPLUGGED, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets us make no namespace without a network")
    return replace(new_instance("telecentre", tmp_path / "lonely"), within=UNPLUGGED)


def test_a_telecentre_with_nothing_but_a_stick_has_the_same_totals(tmp_path, lonely):
    centre = new_instance("central", tmp_path / "centre")
    wired = new_instance("telecentre", tmp_path / "wired")
    stick = tmp_path / "stick"
    stick.mkdir()
    centre.command("shell", "-c", PEOPLE)
    with centre.serving() as address:
        code = centre.command("create_pairing_code", "reseau").stdout.strip().splitlines()[-1]
        refused = lonely.command("pair", "--centre", address, "--code", code, check=False)
        wired.command("pair", "--centre", address, "--code", code)
        wired.command("shell", "-c", RECORD.format(count=620))
        wired.command("sync")
    pair_by_stick(lonely, centre, stick)
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
    with closing(sqlite3.connect(centre.data_dir / "db.sqlite3")) as database:
        return database.execute(TOTALS, [slug]).fetchall()


def last_line(instance: Instance, *command: str) -> str:
    return instance.command(*command).stdout.strip().splitlines()[-1]
