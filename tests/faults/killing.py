"""Kill imports, rollbacks and collections: ``python -m tests.faults.killing FOLDER``.

YELEN_FAULTS_TRIALS imports are interrupted (and a tenth as many rollbacks and collections), half
at a named step, half at a random moment; YELEN_FAULTS_SEED repeats a run. Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from tests.faults import rig


@dataclass
class Tally:
    """What was seen."""

    interrupted: Counter[str] = field(default_factory=Counter)
    at_steps: int = 0
    by_chance: int = 0
    too_late: int = 0  # children that were done before they could be killed
    steps: set[str] = field(default_factory=set)
    left_as_before: int = 0  # the old version was served after the cut
    faults: list[str] = field(default_factory=list)


class Trials:
    """Trials on one stage, with one source of chance."""

    def __init__(self, stage, *, seed: int, folder: Path) -> None:
        self.stage, self.folder = stage, folder / "trial"
        self.chance = random.Random(seed)  # noqa: S311
        self.tally = Tally()
        self.durations = {}

    def run(self, imports: int) -> Tally:
        wanted = {"import": imports, "rollback": imports // 10, "collection": imports // 10}
        for kind, number in wanted.items():
            plans = self._plans(kind)
            for _ in range(8 * number + 8):
                if self.tally.interrupted[kind] >= number:
                    break
                self._one(*next(plans))
        return self.tally

    def _plans(self, kind: str) -> Iterator[tuple]:
        """Scene and step, or None for a random moment, by turns; every step comes up in time."""
        from tests.faults.scenes import SCENES
        from tests.faults.steps import steps_of

        scenes = [scene for scene in SCENES if scene.kind == kind]
        while True:
            pairs = [
                (scene, step)
                for scene in scenes
                for step in steps_of(kind, in_volumes=scene.in_volumes)
            ]
            self.chance.shuffle(pairs)
            by_chance = ((self.chance.choice(scenes), None) for _ in pairs)
            yield from chain.from_iterable(zip(pairs, by_chance, strict=True))

    def _one(self, scene, step) -> None:
        from tests.faults.steps import arm, die
        from tests.faults.whole import faults_in, left_over, version_served

        telecentre = self.stage.telecentre(scene.before, to=self.folder)
        moment = None if step else self.chance.uniform(0, 1.02 * self._duration(scene))

        def work():
            if step:
                arm(step, die)
            return scene.work(self.stage.packs)

        name = f"{scene.name}, {step.name if step else f'{moment * 1000:.3f} ms'}"
        cut = rig.in_child(work, folder=telecentre, kill_after=moment)
        self._count(scene, step, cut)
        wrong = [cut.trace] if cut.error else []
        wrong += faults_in(
            telecentre, served={scene.old, scene.new}, may_lack_files=scene.lacks_files
        )
        self.tally.left_as_before += version_served(telecentre) == scene.old
        again = rig.in_child(lambda: scene.work(self.stage.packs), folder=telecentre)
        wrong += [f"the retry: {again.trace or again}"] if again.error or again.signal else []
        wrong += faults_in(telecentre, served={scene.new})
        wrong += [f"left over: {left}" for left in left_over(telecentre)]
        self.tally.faults += [f"{name}: {fault}" for fault in wrong]

    def _count(self, scene, step, cut) -> None:
        if not cut.was_killed:
            self.tally.too_late += 1
            return
        self.tally.interrupted[scene.kind] += 1
        if step:
            self.tally.at_steps += 1
            self.tally.steps.add(f"{scene.kind}: {step.name}")
        else:
            self.tally.by_chance += 1

    def _duration(self, scene) -> float:
        """Seconds that the work takes when nobody interrupts it."""
        if scene.name not in self.durations:
            telecentre = self.stage.telecentre(scene.before, to=self.folder)
            began = time.monotonic()
            ending = rig.in_child(lambda: scene.work(self.stage.packs), folder=telecentre)
            self.durations[scene.name] = time.monotonic() - began
            if ending.error:
                raise RuntimeError(ending.trace)
        return self.durations[scene.name]


def main(folder: Path) -> None:
    seed = int(os.environ.get("YELEN_FAULTS_SEED") or time.time_ns() % 1_000_000)
    began = time.monotonic()
    rig.start()
    from tests.faults.scenes import set_up

    tally = Trials(set_up(folder), seed=seed, folder=folder).run(
        int(os.environ.get("YELEN_FAULTS_TRIALS") or 60)
    )
    told = vars(tally) | {"steps": sorted(tally.steps), "seed": seed}
    print(json.dumps(told | {"seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
