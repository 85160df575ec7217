"""An import on a memory card: the storage telecentres have, which writes 20 MB a second.

The card is an image on a loop device that the kernel's own block throttle holds back. Only root
can have one.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.instances import twin
from bench.measuring import ROUNDS, BenchError, Family, Run, Value, run_quietly, say, settle
from bench.packs import copy_and_sync, import_whole, pack_of
from cms.demo.instances import Instance

SPEED = 20_000_000  # bytes a second: a memory card of class 10 writes 10 to 30 MB
SIZE = 1_600  # MB: the larger course, and the room an import asks for
THROTTLE = Path("/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device")


def measure(run: Run) -> Iterator[Value]:
    yield "import_vs_cp_card", _ratio(run, "course")
    if run.full:
        yield "import_vs_cp_card_films", _ratio(run, "films")


def _ratio(run: Run, shape: str) -> float:
    maker, taker, pack = pack_of(run, shape)
    with _card(run.fresh("card")) as folder:
        return statistics.median(
            [_round(folder, maker=maker, taker=taker, pack=pack) for _ in range(ROUNDS)]
        )


def _round(folder: Path, *, maker: Instance, taker: Instance, pack: Path) -> float:
    copying = copy_and_sync(maker.data_dir / "blobs", to=folder / "copied")
    shutil.rmtree(folder / "copied")
    installed = twin(taker, folder / "installed")
    settle()
    importing = import_whole(installed, pack)["seconds"]
    shutil.rmtree(folder / "installed")
    settle()
    say(f"  cp -r and sync {copying:.2f} s, import {importing:.2f} s")
    return copying / float(importing)


@contextmanager
def _card(folder: Path) -> Iterator[Path]:
    """A mounted disk of that speed; raises ``BenchError`` where none can be had."""
    if not THROTTLE.exists():
        raise BenchError("no slow disk: this kernel offers no block throttle (or we are not root)")
    image = folder / "image"
    with image.open("wb") as opened:
        opened.truncate(SIZE * 1_000_000)
    run_quietly("mkfs.ext4", "-q", "-F", "-m", "0", image)
    mounted = Path(tempfile.mkdtemp(prefix="mounted-", dir=folder))
    run_quietly("mount", "-o", "loop,noatime", image, mounted)
    try:
        number = _device_number(mounted)
        THROTTLE.write_text(f"{number} {SPEED}")
        try:
            yield mounted
        finally:
            THROTTLE.write_text(f"{number} 0")
    finally:
        run_quietly("umount", mounted)


def _device_number(mounted: Path) -> str:
    """``major:minor`` of the disk mounted there."""
    found = subprocess.run(
        ["mountpoint", "-d", mounted], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not re.fullmatch(r"\d+:\d+", found):
        raise BenchError(f"no number of a device: {found!r}")
    return found


FAMILY = Family(names=("import_vs_cp_card",), measure=measure)
