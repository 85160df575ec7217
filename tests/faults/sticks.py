"""Sticks and stores that cannot be written, go away, or change while they are read.

``python -m tests.faults.sticks FOLDER`` prints a report for every case as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig
from tests.faults.disks import Ext4Disk, NoDiskError, remount, small_disk

MIDDLE = "after staging a file 1"


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    """Somebody copies another file over it."""
    with path.open("r+b") as opened:
        opened.seek(path.stat().st_size // 3)
        opened.write(bytes(path.stat().st_size // 2))


def nothing() -> None:
    pass


def on_any_machine(stage, folder: Path) -> dict:
    """Cases that need no mounting: the file changes while it is read, volumes are mixed."""
    from tests.faults.scenes import install
    from tests.faults.trying import Case, attempt

    told = {}
    for name, befalls in (
        ("cut short while read", truncate),
        ("overwritten while read", overwrite),
    ):
        stick = folder / "stick"
        stick.mkdir(exist_ok=True)
        pack = stick / "v2.pack"
        shutil.copy(stage.packs / "v2.pack", pack)
        case = Case(
            partial(install, pack),
            partial(befalls, pack),
            step=MIDDLE,
            remedy=partial(shutil.copy, stage.packs / "v2.pack", pack),
        )
        told[name] = attempt(case, stage.telecentre("v1", to=folder / "trial"))
    told["volumes mixed"] = _mixed(stage, folder)
    return told


def _mixed(stage, folder: Path) -> dict:
    """Volumes under each other's names, with volumes of another pack and rubbish among them."""
    from tests.faults.scenes import install
    from tests.faults.trying import Case, attempt

    stick = folder / "mixed"
    stick.mkdir()
    volumes = sorted((stage.packs / "all").glob("*.pack"))
    for volume, other in zip(volumes, reversed(volumes), strict=True):
        shutil.copy(volume, stick / other.name)
    shutil.copy(stage.packs / "v1.pack", stick / "v2.9.pack")
    shutil.copy(stage.packs / "v3.pack", stick / "a.pack")
    (stick / "v2.7.pack").write_bytes(b"PK\x03\x04" + bytes(500))
    (stick / "loop.pack").symlink_to("loop.pack")
    (stick / "folder.pack").mkdir()
    case = Case(partial(install, stick / "v2.pack"), nothing, served=frozenset({2}))
    return attempt(case, stage.telecentre("v1", to=folder / "trial"))


def on_mounted_disks(stage, folder: Path) -> dict:
    from tests.faults.scenes import install
    from tests.faults.trying import Case, attempt

    stick = Ext4Disk.make(folder / "stick.img", folder / "mounted", megabytes=16)
    pack = stick.folder / "v2.pack"
    stick.mount()
    shutil.copy(stage.packs / "v2.pack", pack)
    stick.unmount()
    told = {}

    def try_(name, befalls, *, step="", served=1, options=()):
        stick.mount(*options)
        case = Case(
            partial(install, pack),
            befalls,
            step=step,
            remedy=partial(_plug_in_again, stick),
            served=frozenset({served}),
        )
        try:
            told[name] = attempt(case, stage.telecentre("v1", to=folder / "trial"))
        finally:
            stick.unmount()

    try_("a stick that cannot be written", nothing, served=2, options=("ro",))
    try_("pulled while read", stick.cut_power, step=MIDDLE)
    try_("gone before it is read", partial(_pull, stick.folder))
    with small_disk(folder / "store", size=16 * 1024 * 1024):
        told["a store that cannot be written"] = _read_only_store(stage, folder / "store")
    return told


def _read_only_store(stage, disk: Path) -> dict:
    from tests.faults.scenes import install
    from tests.faults.trying import Case, attempt

    telecentre = stage.telecentre("v1", to=disk.parent / "trial")
    shutil.copytree(telecentre / "blobs", disk / "blobs")
    shutil.rmtree(telecentre / "blobs")
    (telecentre / "blobs").symlink_to(disk / "blobs")
    remount(disk, "ro")
    case = Case(
        partial(install, stage.packs / "v2.pack"), nothing, remedy=partial(remount, disk, "rw")
    )
    return attempt(case, telecentre)


def _pull(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


def _plug_in_again(stick: Ext4Disk) -> None:
    if os.path.ismount(stick.folder):
        stick.unmount()
    stick.mount()


def main(folder: Path) -> None:
    rig.start()
    from tests.faults.scenes import set_up

    stage = set_up(folder)
    told = {"anywhere": on_any_machine(stage, folder)}
    try:
        if os.geteuid() != 0:
            raise NoDiskError("mounting needs root")
        told["mounted"] = on_mounted_disks(stage, folder)
    except NoDiskError as error:
        told["no_disk"] = str(error)
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
