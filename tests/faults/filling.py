"""Disks that are full, or have no more files to give: ``python -m tests.faults.filling FOLDER``.

Prints a report for every case as JSON; ``no_disk`` says why nothing could be mounted.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.faults import rig
from tests.faults.disks import NoDiskError, fill, small_disk

SIZE = 16 * 1024 * 1024
FILES = 1300  # of which an import wants 1000 to be free


def eat_files(folder: Path, *, leave: int = 0) -> None:
    """Take the files the disk has left to give, but for so many."""
    crumbs = folder / "crumbs"
    crumbs.mkdir(exist_ok=True)
    with suppress(OSError):
        for number in range(os.statvfs(folder).f_favail - leave):
            (crumbs / str(number)).touch()


def free_again(folder: Path) -> None:
    (folder / "filler").unlink(missing_ok=True)
    for crumb in (folder / "crumbs").glob("*"):
        crumb.unlink()


def limit_files_to(size: int) -> None:
    """No file of this process may grow beyond that (Python ignores SIGXFSZ)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def without_mounts(stage, folder: Path) -> dict:
    from tests.faults.scenes import install
    from tests.faults.trying import Case, attempt

    # Above the database and its log, below the course's film.
    case = Case(
        partial(install, stage.packs / "v2.pack"),
        partial(limit_files_to, 310_000),
        step="before staging a file",
    )
    return {"a file above the limit": attempt(case, stage.telecentre("v1", to=folder / "limited"))}


def on_small_disks(stage, folder: Path) -> dict:
    from tests.faults.scenes import install, volume_by_volume
    from tests.faults.trying import Case, attempt

    disk = folder / "disk"
    whole, volumes = (
        partial(install, stage.packs / "v2.pack"),
        partial(volume_by_volume, stage.packs),
    )
    filled, eaten = partial(fill, disk), partial(eat_files, disk)
    nearly = partial(fill, disk, leave=200_000)
    cases = {
        "full at the start": (whole, nearly, ""),
        "full while staging": (whole, filled, "after staging a file 4"),
        "full before the syncfs": (whole, filled, "before syncfs"),
        "full while pieces are kept": (volumes, filled, "after keeping a piece 1"),
        "full before the commit": (whole, filled, "before noting files"),
        "no files at the start": (whole, partial(eat_files, disk, leave=900), ""),
        "no files while staging": (whole, eaten, "after staging a file 4"),
    }
    told = {}
    for name, (work, befalls, step) in cases.items():
        files = FILES if "files" in name else 0
        with small_disk(disk, size=SIZE, files=files):
            telecentre = stage.telecentre("v1", to=disk / "telecentre")
            case = Case(work, befalls, step=step, remedy=partial(free_again, disk))
            told[name] = attempt(case, telecentre)
    return told


def main(folder: Path) -> None:
    rig.start()
    from tests.faults.scenes import set_up

    stage = set_up(folder)
    told = {"limited": without_mounts(stage, folder)}
    try:
        if os.geteuid() != 0:
            raise NoDiskError("mounting needs root")
        with small_disk(folder / "probe", size=SIZE):
            pass
    except NoDiskError as error:
        print(json.dumps(told | {"no_disk": str(error)}))
        return
    print(json.dumps(told | {"mounted": on_small_disks(stage, folder)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
