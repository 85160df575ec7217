"""Which libraries of the shared store course documents need, so that the others can go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from courses.h5p.dependencies import close_over
from courses.h5p.library import name_of
from courses.h5p.naming import LibraryName, parse_label
from courses.models import H5PLibrary


def libraries_named(document: Mapping[str, Any]) -> Iterator[LibraryName]:
    """Those a course document brings, and those its exercises name."""
    for outline in document.get("libraries", []):
        yield LibraryName(outline["machine_name"], outline["major"], outline["minor"])
    for module in document.get("modules", []):
        for block in chain.from_iterable(lesson["blocks"] for lesson in module["lessons"]):
            activity = block.get("activity", {})
            if activity.get("kind") == "h5p":
                labels = activity["definition"].get("libraries", [])
                yield from (name for label in labels if (name := parse_label(label)))


def rows_behind(named: Iterable[LibraryName]) -> set[int]:
    """The rows of those libraries and of all they need: with the patch in use, or the one before.

    An update may have brought a dependency that no course was published with.
    """
    rows = {name_of(row): row for row in H5PLibrary.objects.defer("files")}

    def dependencies(name: LibraryName) -> tuple[LibraryName, ...] | None:
        return _dependencies(rows[name]) if name in rows else None

    return {rows[name].pk for name in close_over(sorted(named), dependencies).ordered}


def _dependencies(row: H5PLibrary) -> tuple[LibraryName, ...]:
    return tuple(
        LibraryName(item["machineName"], item["majorVersion"], item["minorVersion"])
        for metadata in (row.metadata, (row.previous or {}).get("metadata", {}))
        for item in metadata.get("preloadedDependencies", [])
    )
