"""Where boxes and answers lie on a stick, and how they are called: never by a person's name."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from offline_pack.box.container import MAX_BOX
from offline_pack.box.errors import (
    AnswerForOthersError,
    BoxNotFoundError,
    BoxReadError,
    BoxTooLargeError,
)
from offline_pack.stick import shown

OUT = "YELEN-OUT"  # from telecentres
IN = "YELEN-IN"  # to telecentres
BOX = ".yelenbox"
ANSWER = ".yelenack"


def box_name(site: str, device: UUID, epoch: UUID, *, first: int, last: int) -> str:
    """``first`` and ``last`` are sequences; ``last`` is one below ``first`` in an empty box."""
    return f"{site}-{device.hex}-{epoch.hex[:8]}-{first}-{last}{BOX}"


def answer_path(stick: Path, device: UUID) -> Path:
    return stick / IN / f"{device.hex}{ANSWER}"


def shown_name(path: Path) -> str:
    return shown(Path(path.name))


def boxes_at(place: Path) -> list[Path]:
    """The box itself, or those in a stick's folder for them, by name.

    Raises ``BoxNotFoundError`` when there is none.
    """
    if place.is_file():
        return [place]
    found = [*files_in(place, BOX), *files_in(place / OUT, BOX)]
    if not found:
        raise BoxNotFoundError(str(place))
    return sorted(found)


def answer_at(place: Path, device: UUID) -> Path:
    """The answer for that device.

    Raises ``AnswerForOthersError`` when there are answers for others only, ``BoxNotFoundError``.
    """
    for path in (place, place / f"{device.hex}{ANSWER}", answer_path(place, device)):
        if path.is_file():
            return path
    if others := [*files_in(place, ANSWER), *files_in(place / IN, ANSWER)]:
        raise AnswerForOthersError(shown_name(others[0]))
    raise BoxNotFoundError(str(place))


def stick_of(place: Path) -> Path:
    """The top of the stick that a file or folder given by a person belongs to."""
    folder = place.parent if place.is_file() else place
    return folder.parent if folder.name in (OUT, IN) else folder


def earlier_boxes(stick: Path, device: UUID) -> list[Path]:
    return [path for path in files_in(stick / OUT, BOX) if f"-{device.hex}-" in path.name]


def read_bounded(path: Path, *, limit: int = MAX_BOX) -> bytes:
    """Raises ``BoxTooLargeError`` or ``BoxReadError``."""
    try:
        with path.open("rb") as opened:
            data = opened.read(limit + 1)
    except OSError as error:
        raise BoxReadError(shown_name(path)) from error
    if len(data) > limit:
        raise BoxTooLargeError(shown_name(path), limit=limit)
    return data


def files_in(folder: Path, ending: str) -> list[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # not there
        return []
    return sorted(
        Path(entry.path)
        for entry in entries
        if entry.name.lower().endswith(ending)
        and not entry.name.startswith(".")
        and entry.is_file(follow_symlinks=False)
    )
