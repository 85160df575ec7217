"""Real data folders put back from an older copy: of the centre, and of a telecentre."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cms.demo.instances import Instance, free_port, new_instance

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

PEOPLE = """
from lms.models import Cohort, Telecentre
from lms.learners import register_learner
place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
register_learner("Awa", telecentre=place)
"""
RECORD = """
import uuid
from lms.models import Learner
from lms.recording import record_statement
for n in range({count}):
    record_statement(verb="seen", learner=Learner.objects.first(), object_id=uuid.uuid4(),
                     course_id=uuid.UUID(int=1), course_version=1)
"""


@pytest.fixture(scope="module")
def paired(tmp_path_factory):
    """A centre and a telecentre, with three facts at both; where the centre is to be served."""
    folder = tmp_path_factory.mktemp("restored")
    centre = new_instance("central", folder / "centre")
    telecentre = new_instance("telecentre", folder / "telecentre")
    centre.command("shell", "-c", PEOPLE)
    code = centre.command("create_pairing_code", "baobab").stdout.strip().splitlines()[-1]
    port = free_port()
    with centre.serving(port=port) as address:
        telecentre.command("pair", "--centre", address, "--code", code)
        telecentre.command("sync")
        record(telecentre, 3)
        telecentre.command("sync")
    return centre, telecentre, port


def record(telecentre: Instance, count: int) -> None:
    telecentre.command("shell", "-c", RECORD.format(count=count))


def seen(instance: Instance) -> list[str]:
    """The ids of its facts, one entry for each row."""
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3")) as database:
        query = "SELECT id FROM yelen_lms_statement WHERE verb = 'seen' ORDER BY id"
        return [row[0] for row in database.execute(query)]


def put_back(instance: Instance, copy: Path) -> None:
    shutil.rmtree(instance.data_dir)
    shutil.copytree(copy, instance.data_dir)


def test_a_centre_put_back_from_an_old_copy_is_sent_again_what_it_lost(paired, tmp_path):
    centre, telecentre, port = paired
    copy = shutil.copytree(centre.data_dir, tmp_path / "centre")
    record(telecentre, 4)
    with centre.serving(port=port):
        telecentre.command("sync")
    before = seen(centre)
    put_back(centre, copy)
    lost = len(before) - len(seen(centre))
    record(telecentre, 2)

    with centre.serving(port=port):
        telecentre.command("sync")
        again = telecentre.command("sync").stdout.strip().splitlines()[-1]

    assert lost == 4
    assert set(seen(centre)) == {*before, *seen(telecentre)}
    assert len(seen(centre)) == len(before) + 2
    assert again.startswith("sent 0, stored 0,")
    assert "no difference" in centre.command("rebuild_figures", "--check").stdout


def test_a_telecentre_put_back_from_an_old_copy_loses_nothing_that_was_sent(paired, tmp_path):
    centre, telecentre, port = paired
    copy = shutil.copytree(telecentre.data_dir, tmp_path / "telecentre")
    record(telecentre, 2)
    with centre.serving(port=port):
        telecentre.command("sync")
    before = set(seen(centre))
    put_back(telecentre, copy)
    record(telecentre, 3)  # under numbers the centre knows for others
    made = set(seen(telecentre)) - before

    with centre.serving(port=port):
        telecentre.command("sync")
        again = telecentre.command("sync").stdout.strip().splitlines()[-1]

    assert len(made) == 3
    assert set(seen(centre)) == before | made
    assert len(seen(centre)) == len(before) + 3
    assert again.startswith("sent 0, stored 0,")
    assert "no difference" in centre.command("rebuild_figures", "--check").stdout


def test_a_copy_made_while_the_centre_serves_can_be_put_back(paired, tmp_path):
    centre, telecentre, port = paired
    with centre.serving(port=port):
        centre.command("backup", "--to", str(tmp_path))
        record(telecentre, 2)
        telecentre.command("sync")
    held = seen(centre)
    for name in ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"):
        (centre.data_dir / name).unlink(missing_ok=True)
    shutil.copy(next(tmp_path.glob("yelen-*.sqlite3")), centre.data_dir / "db.sqlite3")

    with centre.serving(port=port):
        telecentre.command("sync")

    assert seen(centre) == held
