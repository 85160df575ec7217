"""What is known of a file at an address: its ETag, the pack it belongs to, its first bytes.

Beside the pieces, ``<blobs>/arriving/``: ``<key>.head`` holds bytes 0 to n of the file as they
came, ``<key>.json`` the rest. Nothing of it is believed; all of it may be lost.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from offline_pack.store.arrivals import arriving_folder

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENDINGS = (".head", ".json")


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as it was when we last asked; empty texts mean that nothing is known."""

    etag: str = ""
    manifest_sha256: str = ""


class AddressNote:
    """What is kept for one address."""

    def __init__(self, address: str) -> None:
        key = hashlib.sha256(address.encode()).hexdigest()[:32]
        self.head = arriving_folder() / f"{key}.head"
        self._path = arriving_folder() / f"{key}.json"

    def seen(self) -> Seen:
        return _read(self._path)

    def write(self, seen: Seen) -> None:
        if seen == self.seen():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".part")
        draft.write_text(json.dumps(asdict(seen)), "utf-8")
        draft.replace(self._path)

    def forget(self) -> None:
        for path in (self.head, self._path):
            path.unlink(missing_ok=True)


def forget_room(manifest_sha256: str) -> None:
    """Give up what came of a pack that nobody offers any more."""
    if _SHA256.fullmatch(manifest_sha256):
        shutil.rmtree(arriving_folder() / manifest_sha256, ignore_errors=True)


def clear_notes(*, but: AddressNote) -> None:
    """Remove what is kept for addresses whose packs do not arrive any longer."""
    for path in _notes():
        manifest = _read(path).manifest_sha256
        arrives = bool(manifest) and (arriving_folder() / manifest).is_dir()
        if path != but._path and not arrives:
            for ending in _ENDINGS:
                with suppress(OSError):
                    path.with_suffix(ending).unlink()


def _notes() -> Iterator[Path]:
    folder = arriving_folder()
    return iter(sorted(folder.glob("*.json"))) if folder.is_dir() else iter(())


def _read(path: Path) -> Seen:
    try:
        found = json.loads(path.read_text("utf-8"))
        return Seen(str(found["etag"]), str(found["manifest_sha256"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Seen()
