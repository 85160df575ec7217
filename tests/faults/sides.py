"""A centre and telecentres that share nothing but a stick: each a fork with its own folder.

``python -m tests.faults.sides FOLDER SCENE`` prints what the scene found as JSON.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults import rig

PLACE = "cle"


class Sides:
    """``centre`` and ``lonely`` run work; ``stick`` goes between them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stick = folder, folder / "stick"
        self.stick.mkdir()
        self.template = folder / "template"
        self.template.mkdir()
        self.run(migrate, at="template")
        self.fresh("centre")
        self.fresh("lonely")
        self.centre(make_people)

    def fresh(self, name: str) -> None:
        """A machine on its first day."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.template, self.folder / name)

    def lose_database(self, name: str) -> None:
        for path in (self.folder / name).glob("db.sqlite3*"):
            path.unlink()
        shutil.copy(self.template / "db.sqlite3", self.folder / name / "db.sqlite3")

    def run(self, work: Callable[[], Any], *, at: str, role: str = "telecentre") -> Any:
        ending = self.ending(work, at=at, role=role)
        if ending.error or ending.signal:
            raise AssertionError(f"{ending.error}: {ending.words}\n{ending.trace}")
        return ending.answer

    def ending(self, work: Callable[[], Any], *, at: str, role: str = "telecentre") -> rig.Ending:
        return rig.in_child(partial(_as, role, work), folder=self.folder / at)

    def centre(self, work: Callable[[], Any]) -> Any:
        return self.run(work, at="centre", role="central")

    def lonely(self, work: Callable[[], Any]) -> Any:
        return self.run(work, at="lonely")

    def pair(self) -> str:
        """By commands, as two people would; the last line at the telecentre."""
        stick = str(self.stick)
        self.clear_stick()
        asked = self.lonely(command("pair", "--stick", stick))
        own = self.centre(command("pairing_requests", "--stick", stick))
        self.centre(command("approve_pairing", PLACE, "--words", words(asked), "--stick", stick))
        told = self.lonely(command("pair", "--stick", stick))
        if words(told) != words(own):
            raise AssertionError((told, own))
        return self.lonely(command("pair", "--accept", words(own)))

    def carry(self) -> str:
        """Results there and the answer back; the centre's last line."""
        self.lonely(command("export_box", str(self.stick)))
        took = self.centre(command("import_box", str(self.stick)))
        self.lonely(command("import_box", str(self.stick)))
        return took

    def keep(self) -> None:
        for name in ("centre", "lonely"):
            shutil.copytree(self.folder / name, self.folder / f"{name} kept")

    def put_back(self, *names: str) -> None:
        for name in names:
            shutil.rmtree(self.folder / name)
            shutil.copytree(self.folder / f"{name} kept", self.folder / name)

    def clear_stick(self) -> None:
        for path in self.stick.iterdir():
            shutil.rmtree(path)


def _as(role: str, work: Callable[[], Any]) -> Any:
    from django.conf import settings

    settings.YELEN_ROLE = role
    return work()


def command(*arguments: str) -> Callable[[], str]:
    """Its last line."""

    def work() -> str:
        from django.core.management import call_command

        out = io.StringIO()
        call_command(*arguments, stdout=out)
        return out.getvalue().strip().splitlines()[-1]

    return work


def words(line: str) -> str:
    return line.rpartition(": ")[2]


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def make_people() -> None:
    from lms.learners import register_learner
    from lms.models import Telecentre

    place = Telecentre.objects.create(slug=PLACE, name="Clé")
    for number in range(3):
        register_learner(f"Personne {number}", telecentre=place)


def record(count: int) -> Callable[[], None]:
    def work() -> None:
        from lms.models import Learner
        from lms.recording import record_statement

        learner = Learner.objects.order_by("name").first()
        for number in range(count):
            record_statement(
                verb="seen",
                learner=learner,
                object_id=uuid.UUID(int=100 + number),
                course_id=uuid.UUID(int=1),
                course_version=1,
            )

    return work


def counts() -> dict[str, int]:
    from lms.models import Learner, Statement
    from offline_pack.models import DeviceKey

    seen = Statement.objects.filter(verb="seen")
    return {
        "learners": Learner.objects.count(),
        "devices": DeviceKey.objects.values("device").distinct().count(),
        "seen": seen.count(),
        "ids": seen.values("id").distinct().count(),
    }


def lost_database(sides: Sides) -> dict[str, Any]:
    """Paired by stick; then the database is lost; then the keys as well."""
    told: dict[str, Any] = {"paired": sides.pair()}
    sides.lonely(record(20))
    told["took"] = sides.carry()
    again = sides.ending(command("pair", "--accept", "abaisser " * 8), at="lonely")
    told["again"] = again.error
    sides.lose_database("lonely")
    sides.pair()
    sides.lonely(record(10))
    sides.carry()
    told["database lost"] = sides.centre(counts)
    told["roster"] = sides.lonely(counts)
    sides.fresh("lonely")
    sides.pair()
    sides.lonely(record(5))
    sides.carry()
    told["keys lost"] = sides.centre(counts)
    return told


def making_steps():
    from offline_pack.trust import keys
    from tests.faults.steps import around

    return around("linking a key", keys.os, "link", calls=(1, 2))


def taking_steps():
    from offline_pack.sync import renewing
    from tests.faults.steps import around

    return [
        *around("taking the device key", renewing, "take_next_key"),
        *around("putting in place", Path, "replace", calls=(1, 2)),
    ]


def killed_at(step, work: Callable[[], Any]) -> Callable[[], Any]:
    def armed() -> Any:
        from tests.faults.steps import arm, die

        arm(step, die)
        return work()

    return armed


def keys_used() -> dict[str, Any]:
    """At the centre: how many keys the device has, and which of them still begin nothing."""
    from offline_pack.models import DeviceKey

    rows = DeviceKey.objects.order_by("paired_at")
    return {"keys": [row.key_id for row in rows if not row.successor], "all": rows.count()}


def own_state() -> dict[str, Any]:
    from offline_pack.conf import keys_folder
    from offline_pack.format.signing import DEVICE
    from offline_pack.trust.keys import own_key

    waiting = [path.name for path in keys_folder().glob("[!.]*.next.*")]
    return {"key": own_key(DEVICE).key_id, "waiting": waiting}


def new_keys(sides: Sides) -> dict[str, Any]:
    """New keys by stick, killed at every step; then an old backup put back."""
    sides.pair()
    sides.clear_stick()
    sides.keep()
    faults, cuts = [], 0
    make = command("rotate_keys", "device")
    take = command("import_box", str(sides.stick))
    trials = [(step, make) for step in making_steps()] + [(step, take) for step in taking_steps()]
    for step, work in trials:
        sides.put_back("centre", "lonely")
        if work is take:
            sides.lonely(make)
            sides.lonely(record(1))
            sides.lonely(command("export_box", str(sides.stick)))
            sides.centre(take)
        cut = sides.ending(killed_at(step, work), at="lonely")
        cuts += cut.was_killed
        sides.lonely(make) if work is make else sides.lonely(take)
        sides.lonely(record(2))
        sides.carry()
        sides.carry()
        faults += _faults_of(sides, step.name, was_killed=cut.was_killed)
    return {"cuts": cuts, "trials": len(trials), "faults": faults, **_old_backup(sides)}


def _faults_of(sides: Sides, name: str, *, was_killed: bool) -> list[str]:
    own, known = sides.lonely(own_state), sides.centre(keys_used)
    faults = [] if was_killed else [f"{name}: was not killed"]
    if known != {"keys": [own["key"]], "all": 2} or own["waiting"]:
        faults.append(f"{name}: {own} {known}")
    waits = sides.lonely(waiting_facts)
    if waits or sides.centre(counts)["seen"] != sides.lonely(counts)["seen"]:
        faults.append(f"{name}: {waits} facts wait")
    return faults


def _old_backup(sides: Sides) -> dict[str, Any]:
    """The telecentre is put back from before the change; the centre is not."""
    sides.put_back("lonely")
    sides.lonely(record(1))
    sides.lonely(command("export_box", str(sides.stick)))
    forked = sides.ending(
        command("import_box", str(sides.stick)), at="centre", role="central"
    ).error  # told in words, and answered: the telecentre heals
    sides.lonely(command("import_box", str(sides.stick)))
    healed = sides.carry()
    return {"forked": forked, "healed": healed, "known": sides.centre(keys_used)["all"]}


def waiting_facts() -> int:
    from offline_pack.sync.batch import waiting_facts

    return waiting_facts()


SCENES = {"lost database": lost_database, "new keys": new_keys}


def main(folder: Path, scene: str) -> None:
    rig.start()
    print(json.dumps(SCENES[scene](Sides(folder))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
