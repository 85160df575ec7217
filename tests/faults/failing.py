"""A disk that fails in the middle: ``python -m tests.faults.failing FOLDER`` with the C shim.

LD_PRELOAD names ``failing.c``, compiled. Prints a report for every case as JSON.
"""

from __future__ import annotations

import ctypes
import errno
import json
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig

# name: call, error, part of the path, from which such call on, pack
CASES = {
    "EIO writing a file": ("write", errno.EIO, "/stage/", 3, "v2.pack"),
    "ENOSPC writing a file": ("write", errno.ENOSPC, "/stage/", 3, "v2.pack"),
    "EIO in the first syncfs": ("syncfs", errno.EIO, "", 1, "v2.pack"),
    "EIO in the second syncfs": ("syncfs", errno.EIO, "", 2, "v2.pack"),
    "ENOSPC in syncfs": ("syncfs", errno.ENOSPC, "", 1, "v2.pack"),
    "EIO writing the database": ("write", errno.EIO, "db.sqlite3-wal", 1, "v2.pack"),
    "ENOSPC writing the database": ("write", errno.ENOSPC, "db.sqlite3-wal", 1, "v2.pack"),
    "EIO in the database's fsync": ("fsync", errno.EIO, "db.sqlite3-wal", 1, "v2.pack"),
    "ENOSPC in the database's fsync": ("fsync", errno.ENOSPC, "db.sqlite3-wal", 1, "v2.pack"),
    "EIO reading the head of the pack": ("read", errno.EIO, "v2.pack", 1, "v2.pack"),
    "EIO reading a blob of the pack": ("read", errno.EIO, "v2.pack", 9, "v2.pack"),
    "EIO reading a patch's base": ("read", errno.EIO, "/blobs/", 1, "delta.pack"),
    "EIO in the fsync of what arrives": ("fsync", errno.EIO, "/arriving/", 1, "stick3/v2.4.pack"),
    "ENOSPC writing what arrives": ("write", errno.ENOSPC, "/arriving/", 1, "stick3/v2.4.pack"),
    "ENOSPC keeping a piece": ("write", errno.ENOSPC, ".part", 2, "stick1/v2.2.pack"),
}


def fail(call: str, number: int, part: str, since: int) -> None:
    ctypes.CDLL(None).yelen_fail(call.encode(), number, part.encode(), since)


def main(folder: Path) -> None:
    rig.start()
    from tests.faults.scenes import install, set_up
    from tests.faults.trying import Case, attempt

    stage, told = set_up(folder), {}
    for name, (*how, pack) in CASES.items():
        is_volume = pack.startswith("stick")
        case = Case(
            work=partial(_install_and_count, install, stage.packs / pack),
            befalls=partial(fail, *how),
            afterwards=1 if is_volume else 2,
        )
        telecentre = stage.telecentre("v1", to=folder / "trial")
        told[name] = attempt(case, telecentre)
        if not is_volume:
            continue
        told[name]["faults"] = [f for f in told[name]["faults"] if "arriving/" not in f]
    print(json.dumps(told))


def _install_and_count(install, pack: Path) -> dict:
    answer = install(pack)
    return {"answer": answer, "failed": ctypes.CDLL(None).yelen_failed()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
