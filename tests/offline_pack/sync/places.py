"""A centre and a telecentre as real processes, paired, and what a test does with them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.demo.instances import ROOT, Instance, new_instance
from tests.offline_pack.sync.bad_line import BadLine

PEOPLE = """
from lms.models import Cohort, Telecentre
from lms.learners import register_learner
from offline_pack.pairing.codes import create_pairing_code
place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
cohort = Cohort.objects.create(name="Matin", telecentre=place)
cohort.learners.set([register_learner(f"Personne {n}", telecentre=place) for n in range(3)])
print(create_pairing_code(place))
"""
MEET = "UPDATE yelen_offline_pack_centrelink SET address = ?"
COUNTS = (
    "SELECT count(*) FROM yelen_lms_statement WHERE verb = 'seen'",
    "SELECT count(DISTINCT id) FROM yelen_lms_statement WHERE verb = 'seen'",
    "SELECT count(*) FROM yelen_lms_learner",
)


@dataclass(frozen=True, slots=True)
class Places:
    centre: Instance
    telecentre: Instance
    address: str  # of the centre

    @contextmanager
    def over(self, line: BadLine) -> Iterator[BadLine]:
        """The telecentre meets its centre at the end of ``line`` until the block ends."""
        change(self.telecentre, MEET, line.address)
        try:
            yield line
        finally:
            line.close()
            change(self.telecentre, MEET, self.address)


@contextmanager
def paired(folder: Path) -> Iterator[Places]:
    """A centre with three learners, served; a telecentre paired with it."""
    centre = new_instance("central", folder / "centre")
    telecentre = new_instance("telecentre", folder / "telecentre")
    code = centre.command("shell", "-c", PEOPLE).stdout.strip().splitlines()[-1]
    with centre.serving() as address:
        telecentre.command("pair", "--centre", address, "--code", code)
        yield Places(centre, telecentre, address)


class Worker:
    """The telecentre as one process that does what it is told: a start takes seconds."""

    def __init__(self, telecentre: Instance) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.offline_pack.sync.working"],
            env=telecentre.environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def begin(self, **told: Any) -> None:
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        return json.loads(self._process.stdout.readline())

    def do(self, **told: Any) -> dict[str, Any]:
        """``working.py`` says what it understands, and what it answers."""
        self.begin(**told)
        return self.end()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


def change(instance: Instance, query: str, *values: str, wait: float = 20.0) -> None:
    """Raises ``OperationalError`` when somebody holds the database for ``wait`` seconds."""
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3", timeout=wait)) as database:
        database.execute(query, values)
        database.commit()


def counts(instance: Instance) -> list[int]:
    """Facts, different facts, learners."""
    with closing(sqlite3.connect(instance.data_dir / "db.sqlite3")) as database:
        return [database.execute(query).fetchone()[0] for query in COUNTS]
