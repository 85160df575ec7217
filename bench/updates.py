"""Updates: what a changed course costs on the wire, with a delta and without.

Two servers' worth of processes: a real centre, and twins of a telecentre that has the version
before. Every byte between them is counted, the sync that tells of the new pack included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.changing import CHANGES
from bench.counting import Counted, counting
from bench.fixtures import demo
from bench.instances import inside, served, twin
from bench.measuring import BenchError, Family, Run, Value, say
from cms.demo.instances import Instance

DELTA, RANGES = "delta", "ranges"
_ENDINGS = {DELTA: "bytes", RANGES: "range_bytes"}


@dataclass(frozen=True, slots=True)
class Before:
    """A centre and a telecentre that have the same version of the enlarged course."""

    centre: Instance
    telecentre: Instance
    port: int  # where the telecentre looks for the centre
    pack: Path


def measure(run: Run) -> Iterator[Value]:
    before = _enlarged(run)
    for what in CHANGES:
        yield from _measure_change(run, what, before=before)


def _enlarged(run: Run) -> Before:
    both = demo(run)
    centre = twin(both.centre, run.fresh("updating"))
    telecentre = twin(both.telecentre, run.fresh("behind"))
    made = inside(centre, "bench.changing:enlarge")
    counted = _update(telecentre, centre, version=made["version"], way=DELTA, port=both.port)
    say(
        f"  the enlarged course: a pack of {made['size']} bytes; "
        f"{counted.received} bytes came, {counted.sent} went"
    )
    return Before(centre, telecentre, both.port, Path(made["pack"]))


def _measure_change(run: Run, what: str, *, before: Before) -> Iterator[Value]:
    centre = twin(before.centre, run.fresh("updating"))
    made = inside(centre, "bench.changing:change", what)
    said = inside(centre, "bench.updates:patch_size", before.pack, made["pack"])
    say(
        f"  {what}: full pack {made['size']} bytes, deltas {made['deltas']}, "
        f"zstd --patch-from {said['size']}"
    )
    for way, ending in _ENDINGS.items():
        telecentre = twin(before.telecentre, run.fresh("behind"))
        counted = _update(telecentre, centre, version=made["version"], way=way, port=before.port)
        say(
            f"    by {way}: {counted.requests} requests, "
            f"{counted.sent} bytes there, {counted.received} back"
        )
        yield f"update_{what}_{ending}", counted.sent + counted.received


def _update(
    telecentre: Instance, centre: Instance, *, version: int, way: str, port: int
) -> Counted:
    """Bring a telecentre to that version; raises ``BenchError`` unless it serves it then."""
    with served(centre) as server, counting(port=port, to=server.address) as counted:
        found = inside(telecentre, "bench.updates:update_once", way)
    if found["version"] != version or found["lacking"]:
        raise BenchError(f"version {version} was to be served, but there is {found}")
    return counted


def update_once(way: str) -> dict[str, Any]:
    """Inside a telecentre: hear of the new pack and bring it; what the learners have then."""
    from bench.changing import demo_course, outline_of
    from courses.blobs import has_blob
    from offline_pack.models import AvailablePack
    from offline_pack.remote.importing import import_remote
    from offline_pack.sync.applying import download_url
    from offline_pack.syncing import sync_with_centre
    from offline_pack.trust.keys import trusted_keys

    sync_with_centre()
    if way == RANGES:
        AvailablePack.objects.update(deltas=[])
    offered = AvailablePack.objects.get(pk=demo_course().pk)
    import_remote(download_url(offered), trusted=trusted_keys())
    course = demo_course()
    return {
        "version": course.version,
        "lacking": [sha256 for sha256 in outline_of(course).blobs() if not has_blob(sha256)],
    }


def patch_size(older: str, newer: str) -> dict[str, Any]:
    """Bytes of what ``zstd --patch-from`` makes of two whole packs, to compare a delta with."""
    from offline_pack.format.compression import compress

    target = Path(newer).read_bytes()
    frame = compress([target], size=len(target), base=Path(older).read_bytes())
    return {"size": sum(len(chunk) for chunk in frame)}


FAMILY = Family(
    names=tuple(f"update_{what}_{ending}" for what in CHANGES for ending in _ENDINGS.values()),
    measure=measure,
)
