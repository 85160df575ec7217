"""Packs that are after the memory: ``python -m tests.faults.memory FOLDER``.

Each is imported by a child whose address space may grow by so many megabytes and no more. Prints,
as JSON, what it was refused with and how far its memory grew (its largest resident set, above
what it had when idle).
"""

from __future__ import annotations

import json
import re
import resource
import sys
from functools import partial
from pathlib import Path

from tests.faults import rig

MEGABYTE = 1024 * 1024
TIGHT, WIDE = 64, 320  # megabytes of address space over the idle child


def main(folder: Path) -> None:
    rig.start()
    from tests.faults.scenes import set_up
    from tests.faults.whole import faults_in

    stage = set_up(folder)
    telecentre = stage.telecentre("v1", to=folder / "trial")
    told = {}
    for name, (limit, make) in cases(stage, folder).items():
        pack = make()
        ending = rig.in_child(partial(_import_within, pack, limit), folder=telecentre)
        pack.unlink()
        told[name] = {
            "error": ending.answer["error"] if ending.answer else ending.error,
            "grown": ending.answer["grown"] if ending.answer else None,
            "limit": limit,
            "faults": faults_in(telecentre, served={1}) + [ending.trace] * bool(ending.trace),
        }
    print(json.dumps(told))


def cases(stage, folder: Path) -> dict:
    """Name: how many megabytes it may take, and what makes the pack."""
    from tests.faults import crafting
    from tests.faults.crafting import Crafted, craft
    from tests.faults.scenes import COURSE, WORDS
    from tests.offline_pack.format.building import hostile_pack, sha256

    to = folder / "hostile.pack"
    base = "".join([*WORDS[:300], "<p>Version 1</p>", *WORDS[300:]]).encode()
    pack, plain = partial(craft, to, pack=str(COURSE)), Crafted(b"{}", 2)

    def course(content: bytes) -> Crafted:
        stored = crafting.compressed(content)
        return Crafted(stored, len(content), "zstd", sha256(content))

    def patch_bomb() -> Path:
        stored = crafting.bomb(base=base, size=crafting.GIB)
        return pack(Crafted(stored, 1000, "zpatch", "f" * 64, sha256(base)))

    def sparse(size: int) -> Path:
        return _head_only(to, size=size)

    def manifest(data: bytes) -> Path:
        return hostile_pack(to, data)

    return {
        "a course document that becomes a gigabyte": (
            TIGHT,
            lambda: pack(Crafted(crafting.bomb(), 1000, "zstd", "f" * 64)),
        ),
        "a patch that becomes a gigabyte": (TIGHT, patch_bomb),
        "a blob of 64 GiB, so it says": (
            TIGHT,
            lambda: pack(plain, Crafted(b"x", 64 * crafting.GIB, "zstd", "e" * 64)),
        ),
        "a course document 100,000 deep": (
            TIGHT,
            lambda: pack(course(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")),
        ),
        "a course document of 15 million values": (
            WIDE,
            lambda: pack(course(b'{"a":[' + b"1," * 15_000_000 + b"1]}")),
        ),
        "a manifest of 2 GB": (TIGHT, lambda: sparse(2 * crafting.GIB - 1)),
        "a manifest longer than the file": (TIGHT, lambda: _cut(sparse(16 * MEGABYTE))),
        "a manifest 100,000 deep": (TIGHT, lambda: manifest(b'{"a":' + b"[" * 100_000)),
        "a million tiny blobs": (
            TIGHT,
            lambda: manifest(b'{"blobs":[' + b'{"h":""},' * 1_000_000 + b"{}]}"),
        ),
        "two million short values": (
            TIGHT,
            lambda: manifest(b'{"blobs":[' + b"1," * 2_000_000 + b"1]}"),
        ),
        "as many values as are allowed": (
            WIDE,
            lambda: manifest(b'{"blobs":[' + b'{"h":1},' * 490_000 + b"1]}"),
        ),
    }


def _head_only(path: Path, *, size: int) -> Path:
    """A manifest of ``size`` bytes that are a hole in the file."""
    from offline_pack.format import archive

    entry = archive.place(archive.MANIFEST_NAME, at=0, size=size, aligned=False)
    with path.open("wb") as opened:
        opened.write(archive.local_header(entry, crc=0))
        opened.truncate(size + 1000)
    return path


def _cut(path: Path) -> Path:
    with path.open("r+b") as opened:
        opened.truncate(4096)
    return path


def _import_within(pack: Path, megabytes: int) -> dict:
    from offline_pack.errors import OfflinePackError
    from offline_pack.format.errors import PackFormatError
    from offline_pack.installing.importer import import_pack
    from tests.offline_pack.format.building import TRUSTED

    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    idle = _memory("VmHWM")
    limit = _memory("VmSize") + megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        import_pack(pack, trusted=TRUSTED)
        error = ""
    except (OfflinePackError, PackFormatError) as refusal:
        error = type(refusal).__name__
    return {"error": error, "grown": round((_memory("VmHWM") - idle) / MEGABYTE, 1)}


def _memory(name: str) -> int:
    """Bytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
