"""The big buttons of the manager's page; apps above add their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Tile:
    label: str  # translated
    hint: str  # translated, one short line
    url: str
    icon: str  # a name in icons.txt
    is_urgent: bool = False  # something waits there


TileSource = Callable[[HttpRequest], Tile | None]
_sources: dict[str, TileSource] = {}


def register_tile(name: str, source: TileSource) -> None:
    """Add a button; ``source`` returns None for who may not press it."""
    _sources[name] = source


def tiles_for(request: HttpRequest) -> list[Tile]:
    tiles = (source(request) for source in _sources.values())
    return [tile for tile in tiles if tile]
