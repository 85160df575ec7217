"""Packs written to sticks that fill up or are pulled: ``python -m tests.faults.writing FOLDER``.

Prints, for each case as JSON, the error and what stands on the stick afterwards.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig
from tests.faults.disks import Ext4Disk, NoDiskError, small_disk


def _export(to: Path, befalls=None) -> str:
    from courses.models import Course
    from offline_pack.format import writer
    from offline_pack.making.exporter import export_pack
    from tests.faults.steps import Step, arm
    from tests.offline_pack.format.building import KEY

    if befalls:
        arm(Step("an entry", writer, "_write_entry", 5), befalls)
    return export_pack(Course.objects.get(), to=to, key=KEY).path.name


def _told(ending: rig.Ending, stick: Path) -> dict:
    packs = [path.name for path in stick.glob("*") if path.name != "lost+found"]
    return {"error": ending.error, "answer": ending.answer, "packs": packs}


def main(folder: Path) -> None:
    rig.start()
    from tests.faults.scenes import set_up

    try:
        if os.geteuid() != 0:
            raise NoDiskError("mounting needs root")
        pulled = Ext4Disk.make(folder / "stick.img", folder / "stick", megabytes=16)
        telecentre = set_up(folder).telecentres / "v1"
        told = {}
        with small_disk(folder / "small", size=256 * 1024) as stick:
            ending = rig.in_child(partial(_export, stick / "v1.pack"), folder=telecentre)
            told["full"] = _told(ending, stick)
        pulled.mount()
        work = partial(_export, pulled.folder / "v1.pack", pulled.cut_power)
        ending = rig.in_child(work, folder=telecentre)
        pulled.unmount()
        pulled.mount()
        told["pulled"] = _told(ending, pulled.folder)
        again = rig.in_child(partial(_export, pulled.folder / "v1.pack"), folder=telecentre)
        pulled.unmount()
        told["again"] = {"error": again.error, "answer": again.answer}
    except NoDiskError as error:
        told = {"no_disk": str(error)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
