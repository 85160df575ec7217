"""Two telecentres as real processes: one on the network, one with nothing but a stick."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from cms.demo.instances import Instance, new_instance

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

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
from lms.recording import record_statement
learners = list(Learner.objects.order_by("name"))
for n in range({count}):
    record_statement(verb="seen", learner=learners[n % 3], object_id=uuid.UUID(int=100 + n % 7),
                     course_id=uuid.UUID(int=1), course_version=1)
"""
TOTALS = """
SELECT l.name, s.verb, count(*), count(DISTINCT s.object_id)
FROM yelen_lms_statement s
JOIN yelen_lms_learner l ON l.id = s.learner_id
JOIN yelen_lms_telecentre t ON t.id = l.telecentre_id
WHERE t.slug = ? GROUP BY l.name, s.verb ORDER BY l.name, s.verb
"""


def test_a_telecentre_with_nothing_but_a_stick_has_the_same_totals(tmp_path):
    centre = new_instance("central", tmp_path / "centre")
    wired = new_instance("telecentre", tmp_path / "wired")
    lonely = new_instance("telecentre", tmp_path / "lonely")
    stick = tmp_path / "stick"
    stick.mkdir()
    centre.command("shell", "-c", PEOPLE)
    with centre.serving() as address:
        for slug, place in (("reseau", wired), ("cle", lonely)):
            code = centre.command("create_pairing_code", slug).stdout.strip().splitlines()[-1]
            place.command("pair", "--centre", address, "--code", code)
        wired.command("shell", "-c", RECORD.format(count=620))
        wired.command("sync")
    lonely.command("shell", "-c", RECORD.format(count=600))

    wrote = last_line(lonely, "export_box", str(stick))
    took = last_line(centre, "import_box", str(stick))
    read = last_line(lonely, "import_box", str(stick))
    lonely.command("shell", "-c", RECORD.format(count=20))
    lonely.command("export_box", str(stick))
    again = last_line(centre, "import_box", str(stick))
    centre.command("export_box", str(stick))
    last = last_line(lonely, "import_box", str(stick))

    assert wrote.startswith("wrote 600 statements: cle-")
    assert wrote.endswith("you may pull the stick")
    assert took == "stored 600, waiting 0, wrote 1 answers; you may pull the stick"
    assert read.startswith("stored 600, received ")
    assert again == "stored 20, waiting 0, wrote 1 answers; you may pull the stick"
    assert last.startswith("stored 20, received ")
    assert sum(row[2] for row in totals(centre, "cle") if row[1] == "seen") == 620
    assert totals(centre, "cle") == totals(centre, "reseau")


def totals(centre: Instance, slug: str) -> list[tuple[str, str, int, int]]:
    """Of each learner: facts of each verb, and how many things they are about."""
    with closing(sqlite3.connect(centre.data_dir / "db.sqlite3")) as database:
        return database.execute(TOTALS, [slug]).fetchall()


def last_line(instance: Instance, *command: str) -> str:
    return instance.command(*command).stdout.strip().splitlines()[-1]
