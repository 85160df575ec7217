"""Which names may stand in a manifest: harmless on every file system, though never used on one."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 200

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def fault_in(path: str) -> str | None:
    """Why ``path`` is refused, or None when it is safe."""
    if not path or len(path.encode("utf-8")) > MAX_BYTES:
        return f"a path has 1 to {MAX_BYTES} bytes"
    if unicodedata.normalize("NFC", path) != path:
        return "the path is not in Unicode NFC"
    if _FORBIDDEN.search(path):
        return "the path has a forbidden character"
    faults = (_fault_in_part(part) for part in path.split("/"))
    return next((fault for fault in faults if fault), None)


def _fault_in_part(part: str) -> str | None:
    if part in ("", ".", ".."):
        return "the path has an empty part, '.' or '..'"
    if part[-1] in " .":
        return "a part of the path ends in a space or a dot"
    if _DEVICES.fullmatch(part):
        return "a part of the path is the name of a Windows device"
    return None


def folded(path: str) -> str:
    """Equal for two paths that some file system would take for one."""
    return unicodedata.normalize("NFC", path.casefold())
