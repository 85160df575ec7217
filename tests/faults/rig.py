"""A process with a telecentre's settings that forks a child for every trial.

Setting Django up takes a second and a fork a few milliseconds. A child works on a data folder of
its own; what it answers, raises or dies of is its ``Ending``.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection

PATIENCE = 120  # seconds after which a child is taken to hang


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended."""

    signal: int = 0  # what killed it; 0: it ended by itself
    answer: Any = None  # what the work returned
    error: str = ""  # class of what it raised
    words: str = ""
    is_refusal: bool = False  # an error that the pages have words for
    facts: dict[str, Any] | None = None  # the error's attributes
    trace: str = ""

    @property
    def was_killed(self) -> bool:
        return self.signal == signal.SIGKILL


def start() -> None:
    """Set Django up once; the environment names the settings and a data folder."""
    django.setup()
    import tests.faults.scenes
    import tests.faults.steps  # noqa: F401 - so that no child has to

    connection.ops.compiler("SQLCompiler")
    gc.collect()
    gc.freeze()


def use(folder: Path) -> None:
    """Make this process the telecentre of that folder; no connection may be open yet."""
    settings.YELEN_DATA_DIR = folder
    settings.YELEN_USB_DIR = folder / "usb"
    connection.settings_dict["NAME"] = str(folder / "db.sqlite3")


def in_child(
    work: Callable[[], Any],
    *,
    folder: Path,
    kill_after: float | None = None,
    meanwhile: Callable[[int], None] | None = None,
) -> Ending:
    """Do ``work`` in a fork.

    ``kill_after`` seconds it is killed; ``meanwhile`` is called with its process id.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(work, folder, writing)
    os.close(writing)
    try:
        if meanwhile:
            meanwhile(child)
        told = _listen(reading, child, kill_after)
    finally:
        os.close(reading)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Ending(signal=os.WTERMSIG(status))
    return Ending(**json.loads(told))


def _listen(reading: int, child: int, kill_after: float | None) -> bytes:
    told = b""
    waiting = PATIENCE if kill_after is None else kill_after
    while True:
        ready, _, _ = select.select([reading], [], [], waiting)
        if not ready:
            os.kill(child, signal.SIGKILL)
            if kill_after is None:
                raise TimeoutError("a child hangs")
            waiting = PATIENCE
            continue
        part = os.read(reading, 65536)
        if not part:
            return told
        told += part


def _be_the_child(work: Callable[[], Any], folder: Path, writing: int) -> None:
    try:
        use(folder)
        told = {"answer": work()}
        connection.close()
    except BaseException as error:  # noqa: BLE001 - told to the parent
        told = _told_of(error)
    os.write(writing, json.dumps(told, default=str).encode())
    os._exit(0)


def _told_of(error: BaseException) -> dict[str, Any]:
    from offline_pack.errors import OfflinePackError
    from offline_pack.format.errors import PackFormatError

    return {
        "error": type(error).__name__,
        "words": str(error),
        "is_refusal": isinstance(error, OfflinePackError | PackFormatError),
        "facts": {name: str(value)[:200] for name, value in vars(error).items()},
        "trace": "".join(traceback.format_exception(error))[-4000:],
    }
