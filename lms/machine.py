"""Is this the machine that last started with this data? A disk that was copied runs on another.

What is kept are hashes of serial numbers: of the board, its network cards, its SD card. One that
is replaced is no other machine; all of them at once is.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from courses.conf import data_folder

NAME = "machine.json"
SYSTEM = Path("/")
_ALONE = (
    "proc/device-tree/serial-number",  # a Raspberry Pi and its like
    "sys/class/dmi/id/product_uuid",  # a PC; readable by root only
    "sys/class/dmi/id/board_serial",
)
_CARDS = "sys/block/mmcblk*/device/cid"
_NETWORK = "sys/class/net/*/device/net/*/address"  # of real cards, not of bridges and the like
_BURNT_IN = "0"  # and not made up anew at each start, for privacy
_EMPTY = ("", "0", "none", "00:00:00:00:00:00", "to be filled by o.e.m.", "default string")


def read_marks(system: Path = SYSTEM) -> frozenset[str]:
    """What tells this machine from others; none where nothing does, as in a container."""
    return frozenset(
        hashlib.sha256(f"yelen-machine/1 {value}".encode()).hexdigest()[:32]
        for value in _values(system)
        if value.lower() not in _EMPTY
    )


def is_another_machine(marks: frozenset[str]) -> bool:
    """Whether none of these was there at the last start; False as long as nothing is known."""
    known = load_marks()
    return bool(known and marks) and not known & marks


def load_marks() -> frozenset[str]:
    try:
        return frozenset(str(mark) for mark in json.loads(marks_path().read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return frozenset()


def keep_marks(marks: frozenset[str]) -> None:
    """The file is the old one or the new one, whenever the power is cut."""
    if not marks or marks == load_marks():
        return
    path = marks_path()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        json.dump(sorted(marks), opened)
        opened.flush()
        os.fsync(opened.fileno())
    Path(name).replace(path)


def marks_path() -> Path:
    return data_folder() / NAME


def _values(system: Path) -> Iterator[str]:
    for place in _ALONE:
        yield _read(system / place)
    for path in system.glob(_CARDS):
        yield _read(path)
    for path in system.glob(_NETWORK):
        if _read(path.with_name("addr_assign_type")) == _BURNT_IN:
            yield _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip("\0 \n")
    except OSError:
        return ""
