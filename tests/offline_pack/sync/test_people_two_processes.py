"""What the centre decides about people, and its notices: two real servers, a line and a stick."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from cms.demo.instances import new_instance

pytestmark = pytest.mark.slow

PEOPLE = """
from lms.learners import register_learner
from lms.models import Telecentre
from offline_pack.pairing.codes import create_pairing_code
place = Telecentre.objects.create(slug="baobab", name="Baobab")
for name in ("Awa", "Awa O.", "Issa"):
    register_learner(name, telecentre=place)
print(create_pairing_code(place))
"""
DECIDE = """
from datetime import timedelta
from lms.people.aliasing import decide
from lms.people.erasing import erase_person
from lms.models import Learner, Notice
from lms.notices import today
decide(*Learner.objects.filter(name__contains="Awa"), is_same=True)
erase_person(Learner.objects.get(name="Issa"), by=None)
Notice.objects.create(texts={"fr": {"title": "Rencontre", "text": ""}}, starts_on=today(),
                      ends_on=today() + timedelta(days=9))
"""
TITLES = "SELECT json_extract(texts, '$.fr.title') FROM yelen_lms_notice"
NAMES = "SELECT name FROM yelen_lms_learner ORDER BY name"
PERSONS = "SELECT count(*) FROM yelen_lms_learner WHERE same_as_id IS NULL"
PINS = "SELECT count(*) FROM yelen_lms_learner WHERE pin_hash != ''"
REPORTS = "SELECT count(*) FROM yelen_offline_pack_erasurereport"


def test_a_merge_an_erasure_and_notices_reach_the_telecentre_and_it_says_so(tmp_path):
    centre = new_instance("central", tmp_path / "centre")
    place = new_instance("telecentre", tmp_path / "place")
    stick = tmp_path / "stick"
    stick.mkdir()
    code = centre.command("shell", "-c", PEOPLE).stdout.strip().splitlines()[-1]
    with centre.serving() as address:
        place.command("pair", "--centre", address, "--code", code)
        place.command("sync")
        ask(place, "UPDATE yelen_lms_learner SET pin_hash = 'x'")
        before = [ask(place, query) for query in (NAMES, PERSONS, PINS)]
        centre.command("shell", "-c", DECIDE)
        place.command("sync")
    after = [ask(place, query) for query in (NAMES, PERSONS, PINS)]
    waiting, read = ask(centre, REPORTS), ask(place, TITLES)
    ask(centre, "UPDATE yelen_lms_notice SET texts = replace(texts, 'Rencontre', 'Autre jour')")
    place.command("export_box", str(stick))  # what it holds now, it says on a stick
    centre.command("import_box", str(stick))
    place.command("import_box", str(stick))

    pseudonym = ask(centre, "SELECT pseudonym FROM yelen_lms_erasure")[0]
    assert before == [["Awa", "Awa O.", "Issa"], [3], [3]]
    assert after == [sorted(["Awa", "Awa O.", pseudonym]), [2], [2]]
    assert (waiting, ask(centre, REPORTS)) == ([0], [1])
    assert (read, ask(place, TITLES)) == (["Rencontre"], ["Autre jour"])


def ask(instance, query: str) -> list:
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3")) as database:
        found = [row[0] for row in database.execute(query)]
        database.commit()
    return found
