"""Which libraries an exercise needs, found in its content: packages list too few or too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses.h5p.naming import LibraryName, parse_label

DependenciesOf = Callable[[LibraryName], Iterable[LibraryName] | None]
"""What a library needs itself; None when nobody knows that library."""

_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_REMOTE_MEDIA_IN_HTML = re.compile(r"""\ssrc\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)
_FRAME = "H5P.IFrameEmbed"


@dataclass(frozen=True, slots=True)
class Closure:
    """Every library needed, each after those it needs itself; and those nobody knows."""

    ordered: tuple[LibraryName, ...]
    missing: tuple[LibraryName, ...]


def libraries_in(content: Any) -> tuple[LibraryName, ...]:
    """The libraries content.json names, in the order of the document."""
    named = (
        parse_label(item["library"])
        for item in _objects(content)
        if isinstance(item.get("library"), str)
    )
    return tuple(dict.fromkeys(name for name in named if name))


def close_over(roots: Iterable[LibraryName], dependencies_of: DependenciesOf) -> Closure:
    """Add what the roots need, and what that needs; the editor's widgets are left out.

    A circle among libraries is cut where it closes: H5P core loads such libraries too.
    """
    ordered: dict[LibraryName, None] = {}
    missing: dict[LibraryName, None] = {}
    seen: set[LibraryName] = set()
    stack = [(name, False) for name in reversed(list(roots))]
    while stack:
        name, is_done = stack.pop()
        if is_done:
            ordered[name] = None
        elif name not in seen and not name.is_for_editor:
            seen.add(name)
            needed = dependencies_of(name)
            if needed is None:
                missing[name] = None
                continue
            stack.append((name, True))
            stack.extend((other, False) for other in reversed(list(needed)))
    return Closure(tuple(ordered), tuple(missing))


def needs_internet(content: Any, *, main: LibraryName) -> bool:
    """Whether the content shows media that lie elsewhere; a mere link does not count.

    A file's address is its ``path``. ``source`` is where an image was found, for its credits,
    except in an embedded frame.
    """
    if main.machine_name == _FRAME and _is_remote(content.get("source")):
        return True
    for item in _objects(content):
        if _is_remote(item.get("path")) or _is_remote_frame(item):
            return True
        if any(isinstance(v, str) and _REMOTE_MEDIA_IN_HTML.search(v) for v in item.values()):
            return True
    return False


def _is_remote_frame(item: Mapping[str, Any]) -> bool:
    params = item.get("params")
    is_frame = str(item.get("library", "")).startswith(f"{_FRAME} ")
    return is_frame and isinstance(params, Mapping) and _is_remote(params.get("source"))


def _is_remote(value: Any) -> bool:
    return isinstance(value, str) and _REMOTE.match(value) is not None


def _objects(content: Any) -> Iterator[Mapping[str, Any]]:
    """Every JSON object, outermost first; no recursion, as the depth is the author's."""
    stack = [content]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            yield value
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
