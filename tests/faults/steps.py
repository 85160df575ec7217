"""The named steps at which a process can be made to die, or something else to happen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from offline_pack.installing import importer, taking
from offline_pack.store import collecting, contents
from offline_pack.store.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Step:
    """A moment: before or after the ``call``-th call of a function."""

    name: str
    owner: Any
    function: str
    call: int = 1
    is_before: bool = False


def around(name: str, owner: Any, function: str, *, calls: tuple[int, ...] = (1,)) -> list[Step]:
    """Before the first call, and after each of ``calls``."""
    first = Step(f"before {name}", owner, function, is_before=True)
    return [first, *(Step(f"after {name} {call}", owner, function, call) for call in calls)]


_COMMIT = around("the commit", BaseDatabaseWrapper, "_commit")

IMPORT = (
    *around("emptying the stage", taking.shutil, "rmtree"),
    *around("looking for room", contents, "check_room"),
    *around("staging a file", taking.os, "fchmod", calls=(1, 4)),
    *around("syncfs", taking, "sync_disk", calls=(1, 2)),
    *around("renaming", Path, "replace", calls=(1, 2, 5)),
    *around("reading the course", importer, "read_outline"),
    *around("noting files", importer, "note_unknown_blobs"),
    *around("writing rows", importer, "publish_outline"),
    *around("noting what is in use", importer, "note_in_use"),
    *_COMMIT,
    *around("the switch", importer, "_switch"),
)
VOLUMES = (
    *IMPORT,
    *around("beginning to keep pieces", Pieces, "begin"),
    *around("keeping a piece", Pieces, "keep", calls=(1, 2)),
    *around("dropping pieces", Pieces, "drop", calls=(1, 3)),
    *around("forgetting pieces", Pieces, "forget"),
)
ROLLBACK = (
    *around("noting what is in use", importer, "note_in_use"),
    *around("writing rows", importer, "publish_outline"),
    *_COMMIT,
)
COLLECTION = (
    *around("looking for rubbish", collecting, "_garbage"),
    *around("forgetting rows", collecting, "_forget"),
    *_COMMIT,
    *around("unlinking a file", Path, "unlink", calls=(1, 2, 4)),
    *around("the last file", collecting, "_unlink"),
)


def steps_of(kind: str, *, in_volumes: bool) -> tuple[Step, ...]:
    if kind == "import":
        return VOLUMES if in_volumes else IMPORT
    return ROLLBACK if kind == "rollback" else COLLECTION


def arm(step: Step, then: Callable[[], None]) -> None:
    """Have ``then`` called at that step, in this process, once."""
    original = getattr(step.owner, step.function)
    calls = 0

    def wrapped(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        mine = calls == step.call
        if mine and step.is_before:
            then()
        result = original(*arguments, **named)
        if mine and not step.is_before:
            then()
        return result

    setattr(step.owner, step.function, wrapped)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
