"""Cut the power under imports, rollbacks, collections and first starts.

``python -m tests.faults.cutting FOLDER``. Database and blobs are on an ext4 image; the cut is its
shutdown ioctl, after which nothing that was only in memory reaches it. Learners write all the
while: whatever was told to be saved must be there afterwards. Before a cut at a named step the
names are written down, so that a name whose bytes were not flushed is seen. Prints JSON;
``no_disk`` says why nothing could be tried. YELEN_FAULTS_WITHOUT (``syncfs`` or ``full``) takes
one of the precautions away, to show that the cut is a real one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults import rig
from tests.faults.disks import Ext4Disk, NoDiskError, cut_power, write_names

MEGABYTES = 48
# Always tried, however few trials there are.
FIRST = (
    "staging a file 4",
    "after syncfs 1",
    "after renaming 2",
    "after syncfs 2",
    "before the commit",
    "after the commit 1",
)


@dataclass
class Tally:
    cuts: Counter[str] = field(default_factory=Counter)
    at_steps: int = 0
    by_chance: int = 0
    names_saved: int = 0  # learners told that their name is saved
    left_as_before: int = 0
    told_done: int = 0  # the work had answered before the cut
    faults: list[str] = field(default_factory=list)


class Learners:
    """Somebody who writes into the database all the time; a byte in a pipe for every commit."""

    def __init__(self, folder: Path) -> None:
        self._reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(self._reading)
            self._write(folder, writing)
        os.close(writing)
        self._saved = len(os.read(self._reading, 4096))  # it has begun

    def stop(self) -> int:
        """How many names were told to be saved."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        while part := os.read(self._reading, 4096):
            self._saved += len(part)
        os.close(self._reading)
        return self._saved

    @staticmethod
    def _write(folder: Path, writing: int) -> None:
        from tests.factories import make_learner

        try:
            (folder / "lamp").touch()
            rig.use(folder)
            weaken()
            while True:
                make_learner(name="Awa")
                # While the ioctl runs, an fsync may say yes to bytes that are lost; a machine
                # without power would not have told anybody. No file opens once it is off. Not
                # one of SQLite's: closing it would give up the locks of this process.
                os.close(os.open(folder / "lamp", os.O_RDONLY))
                os.write(writing, b".")
                time.sleep(0.002)
        except BaseException:  # noqa: BLE001 - the power is cut
            os._exit(0)


class Trials:
    def __init__(self, stage, *, seed: int, folder: Path) -> None:
        self.stage, self.folder = stage, folder
        self.chance = random.Random(seed)  # noqa: S311
        self.tally = Tally()
        self.disks = {}
        self.durations = {}

    def run(self, number: int) -> Tally:
        plans = self._plans()
        for scene, step in plans[:number]:
            self._one(scene, step)
        return self.tally

    def _plans(self) -> list[tuple]:
        from tests.faults.scenes import SCENES
        from tests.faults.steps import steps_of

        scenes = {scene.name: scene for scene in SCENES}
        update, upkeep = scenes["update"], [scenes["rollback"], scenes["collection"]]
        pairs = [
            (scene, step)
            for scene in SCENES
            for step in steps_of(scene.kind, in_volumes=scene.in_volumes)
        ]
        first = [
            (scene, step)
            for scene, step in pairs
            if (scene is update and step.name.endswith(FIRST))
            or (
                scene in upkeep and step.name in ("after the commit 1", "after unlinking a file 2")
            )
        ]
        rest = [pair for pair in pairs if pair not in first]
        by_chance = [(self.chance.choice(SCENES), None) for _ in rest]
        mixed = [pair for two in zip(by_chance, rest, strict=True) for pair in two]
        self.chance.shuffle(mixed)
        return [*first, *mixed]

    def _one(self, scene, step) -> None:
        moment = None if step else self.chance.uniform(0, 1.1 * self._duration(scene))
        name = f"{scene.name}, {step.name if step else f'{moment * 1000:.3f} ms'}"
        disk = self._disk(scene.before).copy(self.folder / "trial.img", self.folder / "trial")
        disk.mount()
        telecentre = disk.folder / "telecentre"
        learners = Learners(telecentre)
        ending = rig.in_child(
            partial(_work, scene, step, self.stage.packs, disk.folder),
            folder=telecentre,
            meanwhile=None if step else partial(_cut_after, moment, disk),
        )
        was_cut = _is_off(disk)
        if not was_cut:
            disk.cut_power()  # the step did not come up: the cut comes after the end
        saved = learners.stop()
        disk.unmount()
        self._count(scene, step, ending, saved)
        disk.mount()
        done = isinstance(ending.answer, str | int | list)
        wrong = self._check(scene, telecentre, saved=saved, done=done)
        disk.unmount()
        self.tally.faults += [f"{name}: {fault}" for fault in wrong]

    def _check(self, scene, telecentre, *, saved, done) -> list[str]:
        from tests.faults.whole import faults_in, left_over, version_served

        served = {scene.new} if done else {scene.old, scene.new}
        wrong = faults_in(telecentre, served=served, may_lack_files=scene.lacks_files)
        here = names_in(telecentre)
        if here < saved:
            wrong.append(f"{saved} names were told to be saved and {here} are here")
        self.tally.left_as_before += version_served(telecentre) == scene.old
        again = rig.in_child(lambda: scene.work(self.stage.packs), folder=telecentre)
        wrong += [f"the retry: {again.trace or again}"] if again.error or again.signal else []
        wrong += faults_in(telecentre, served={scene.new})
        return [*wrong, *(f"left over: {left}" for left in left_over(telecentre))]

    def _count(self, scene, step, ending, saved) -> None:
        self.tally.cuts[scene.kind] += 1
        self.tally.at_steps += bool(step)
        self.tally.by_chance += not step
        self.tally.names_saved += saved
        self.tally.told_done += not (ending.signal or ending.error)

    def _disk(self, name: str) -> Ext4Disk:
        """A disk with that telecentre on it, made once."""
        if name not in self.disks:
            image = self.folder / f"{name}.img"
            disk = Ext4Disk.make(image, self.folder / name, megabytes=MEGABYTES)
            disk.mount()
            self.stage.telecentre(name, to=disk.folder / "telecentre")
            disk.unmount()
            self.disks[name] = disk
        return self.disks[name]

    def _duration(self, scene) -> float:
        if scene.name not in self.durations:
            disk = self._disk(scene.before).copy(self.folder / "trial.img", self.folder / "trial")
            disk.mount()
            began = time.monotonic()
            rig.in_child(lambda: scene.work(self.stage.packs), folder=disk.folder / "telecentre")
            self.durations[scene.name] = time.monotonic() - began
            disk.unmount()
        return self.durations[scene.name]


def names_in(telecentre: Path) -> int:
    with closing(sqlite3.connect(telecentre / "db.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM yelen_lms_learner").fetchone()[0]


def weaken() -> None:
    """Take away the precaution that this run is to be without."""
    from django.db import connection

    from offline_pack.installing import taking

    without = os.environ.get("YELEN_FAULTS_WITHOUT")
    if without == "syncfs":
        taking.sync_disk = lambda _folder: None
    if without == "full":
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("=FULL", "=NORMAL")


def _work(scene, step, packs, disk):
    from tests.faults.steps import arm, die

    def cut():
        write_names(disk)
        cut_power(disk)
        die()

    weaken()
    if step:
        arm(step, cut)
    return scene.work(packs)


def _cut_after(seconds: float, disk: Ext4Disk, process: int) -> None:
    time.sleep(seconds)
    disk.cut_power()
    os.kill(process, signal.SIGKILL)


def _is_off(disk: Ext4Disk) -> bool:
    try:
        (disk.folder / "probe").touch()
    except OSError:
        return True
    return False


def main(folder: Path) -> None:
    seed = int(os.environ.get("YELEN_FAULTS_SEED") or time.time_ns() % 1_000_000)
    began = time.monotonic()
    rig.start()
    from tests.faults.scenes import set_up

    try:
        probe = Ext4Disk.make(folder / "probe.img", folder / "probe", megabytes=8)
        probe.mount()
        try:
            probe.cut_power()
        finally:
            probe.unmount()
    except (NoDiskError, OSError) as error:
        print(json.dumps({"no_disk": str(error)}))
        return
    trials = Trials(set_up(folder), seed=seed, folder=folder)
    tally = trials.run(int(os.environ.get("YELEN_FAULTS_CUTS") or 24))
    told = vars(tally) | {"seed": seed, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
