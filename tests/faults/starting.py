"""Kill a first start before and after every commit of ``migrate``, and start again.

``python -m tests.faults.starting FOLDER``; prints JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig


def start() -> str:
    from django.core.management import call_command

    from offline_pack.trust.keys import own_key

    call_command("migrate", verbosity=0)
    return own_key("device").key_id


def _killed_start(step) -> str:
    from tests.faults.steps import arm, die

    arm(step, die)
    return start()


def main(folder: Path) -> None:
    rig.start()
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.faults.steps import Step

    telecentre, faults, commit = folder / "trial", [], 0
    while True:
        commit += 1
        shutil.rmtree(telecentre, ignore_errors=True)
        telecentre.mkdir()
        step = Step("commit", BaseDatabaseWrapper, "_commit", commit)
        cut = rig.in_child(partial(_killed_start, step), folder=telecentre)
        if not cut.was_killed:
            break
        again = rig.in_child(start, folder=telecentre)
        if again.error or again.signal:
            faults.append(f"after commit {commit}: {again.words or again}")
    print(json.dumps({"commits": commit - 1, "faults": faults}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
