"""Cut the power while a telecentre makes its key, at its first start.

``python -m tests.faults.first_boot FOLDER``; prints JSON like ``cutting``.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig
from tests.faults.disks import Ext4Disk, NoDiskError, cut_power

MEGABYTES = 32


def steps():
    """Moments while a key is made."""
    from offline_pack.trust import keys
    from tests.faults.steps import around

    return [
        *around("opening the draft", keys.os, "open"),
        *around("flushing the draft", keys.os, "fsync"),
        *around("linking", keys.os, "link"),
        *around("flushing the folder", keys, "sync_folder"),
    ]


def make_key() -> str:
    from offline_pack.trust.keys import own_key

    return own_key("device").key_id


def _key_with_cut(step, disk: Path) -> str:
    from tests.faults.steps import arm, die

    def cut():
        cut_power(disk)
        die()

    if step:
        arm(step, cut)
    told = make_key()
    if not step:  # the key was used; now the power goes
        cut_power(disk)
    return told


def _trial(folder: Path, work) -> tuple[rig.Ending, Path, Ext4Disk]:
    """An empty disk, the work with its cut, and the disk mounted again."""
    from offline_pack.store.contents import sync_disk

    disk = Ext4Disk.make(folder / "trial.img", folder / "trial", megabytes=MEGABYTES)
    disk.mount()
    telecentre = disk.folder / "telecentre"
    telecentre.mkdir()
    sync_disk(telecentre)
    ending = rig.in_child(partial(work, disk.folder), folder=telecentre)
    disk.unmount()
    disk.mount()
    return ending, telecentre, disk


def cut_while_a_key_is_made(folder: Path) -> list[str]:
    """At every step, and right after: no key, or one whole key; and never another one."""
    faults = []
    for step in [*steps(), None]:
        ending, telecentre, disk = _trial(folder, partial(_key_with_cut, step))
        files = sorted((telecentre / "keys").glob("*.key"))
        kept = rig.in_child(make_key, folder=telecentre)
        again = rig.in_child(make_key, folder=telecentre)
        disk.unmount()
        name = step.name if step else "after it was told"
        if step and not ending.was_killed:
            faults.append(f"{name}: {ending}")
        if not step and ending.answer is None:
            faults.append(f"{name}: {ending}")
        if kept.error or kept.answer != again.answer or len(files) > 1:
            faults.append(f"{name}: {kept.trace or (kept, again, files)}")
        if ending.answer not in (None, kept.answer):
            faults.append(f"{name}: the key that was told is gone")
    return faults


def main(folder: Path) -> None:
    rig.start()
    try:
        _trial(folder, cut_power)[2].unmount()
    except (NoDiskError, OSError) as error:
        print(json.dumps({"no_disk": str(error)}))
        return
    told = {"cuts": len(steps()) + 1, "faults": cut_while_a_key_is_made(folder)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
