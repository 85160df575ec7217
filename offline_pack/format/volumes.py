"""The files of one pack: how they are named, found and told apart."""

from __future__ import annotations

from pathlib import PurePath


def volume_name(name: str, number: int) -> str:
    """What a volume is called beside the first one: ``cours.pack``, ``cours.2.pack``, and so on.

    ``number`` counts from 0. Names are for people: a reader goes by what stands inside.
    """
    if number == 0:
        return name
    path = PurePath(name)
    return f"{path.stem}.{number + 1}{path.suffix}"
