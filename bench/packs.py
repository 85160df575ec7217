"""Packs: how far export and import are from what the disk itself can do."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.instances import inside, twin
from bench.measuring import ROUNDS, BenchError, Family, Run, Value, median, say, seconds, settle
from cms.demo.instances import Instance, new_instance


def measure(run: Run) -> Iterator[Value]:
    maker, taker = _maker_and_taker(run)
    yield from _measure_course(run, "course", maker=maker, taker=taker)
    if run.full:
        ratio = _imports(run, "films", maker=maker, taker=taker)[0]
        yield "import_vs_cp_films", ratio


def pack_of(run: Run, shape: str) -> tuple[Instance, Instance, Path]:
    """Who made a course of that shape, who trusts them and has nothing yet, and its pack."""
    maker, taker = _maker_and_taker(run)
    return maker, taker, _make_pack(run, shape, maker=maker)


def copy_and_sync(source: Path, *, to: Path) -> float:
    """Seconds that ``cp -r`` and ``sync`` of the same files take: the physical limit."""
    settle()

    def copy() -> None:
        subprocess.run(["cp", "-r", str(source), str(to)], check=True)
        subprocess.run(["sync", "-f", str(to)], check=True)

    return seconds(copy)


def import_whole(installed: Instance, pack: Path) -> dict[str, Any]:
    """What an import into an empty telecentre says of itself."""
    found = inside(installed, "bench.packs:import_once", pack)
    if not found["changed"]:
        raise BenchError("nothing was imported")
    return found


def _maker_and_taker(run: Run) -> tuple[Instance, Instance]:
    folder = run.fresh("packs")
    maker = new_instance("telecentre", folder / "maker")
    taker = new_instance("telecentre", folder / "taker")
    trust = folder / "centre.trust"
    maker.command("export_trust", "--to", str(trust))
    taker.command("trust_centre", str(trust))
    return maker, taker


def _make_pack(run: Run, shape: str, *, maker: Instance) -> Path:
    made = inside(maker, "bench.fixtures:make_course", shape)
    say(f"  {made['files']} files, {made['bytes'] / 1e6:.0f} MB")
    pack = run.folder / f"{shape}.pack"
    maker.command("export_pack", shape, "--to", str(pack))
    return pack


def _measure_course(run: Run, shape: str, *, maker: Instance, taker: Instance) -> Iterator[Value]:
    ratio, last, installed = _imports(run, shape, maker=maker, taker=taker)
    yield "import_vs_cp", ratio
    yield "import_peak_mb", last["peak_mb"]
    pack = run.folder / f"{shape}.pack"
    yield (
        "reimport_cpu_s",
        median(lambda: _again(installed, pack)["cpu"], what="import again, CPU seconds"),
    )
    yield (
        "export_vs_zip",
        median(lambda: _export_round(run, shape, maker=maker), what="export, zip time ÷ ours"),
    )


def _imports(
    run: Run, shape: str, *, maker: Instance, taker: Instance
) -> tuple[float, dict[str, Any], Instance]:
    """The ratio, what the last import said of itself, and where it went."""
    pack = _make_pack(run, shape, maker=maker)
    ratios, last, installed = [], {}, taker
    for _ in range(ROUNDS):
        copying = copy_and_sync(maker.data_dir / "blobs", to=run.fresh("copied") / "blobs")
        installed = twin(taker, run.fresh("installed"))
        settle()
        last = import_whole(installed, pack)
        ratios.append(copying / last["seconds"])
        say(f"  cp -r and sync {copying:.2f} s, import {last['seconds']:.2f} s")
    return statistics.median(ratios), last, installed


def _again(installed: Instance, pack: Path) -> dict[str, Any]:
    found = inside(installed, "bench.packs:import_once", pack)
    if found["changed"]:
        raise BenchError("the same pack a second time changed something")
    return found


def _export_round(run: Run, shape: str, *, maker: Instance) -> float:
    zipped, packed = run.folder / "measured.zip", run.folder / "measured.pack"
    settle()
    zipping = inside(maker, "bench.packs:zip_once", zipped)["seconds"]
    zipped.unlink()
    settle()
    packing = inside(maker, "bench.packs:export_once", shape, packed)["seconds"]
    packed.unlink()
    say(f"  zipfile {zipping:.2f} s, export {packing:.2f} s")
    return float(zipping / packing)


def import_once(pack: str) -> dict[str, Any]:
    """Inside a telecentre: import, verified and made durable."""
    from offline_pack.installing.importer import Installed, import_pack
    from offline_pack.trust.keys import trusted_keys

    trusted = trusted_keys()
    started, cpu = time.perf_counter(), time.process_time()
    done = import_pack(Path(pack), trusted=trusted)
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "changed": isinstance(done, Installed) and done.changed,
    }


def export_once(shape: str, to: str) -> dict[str, Any]:
    """Inside the maker: export, as the command does."""
    from offline_pack.format.signing import PACKS
    from offline_pack.making.exporter import course_by_slug, export_pack
    from offline_pack.trust.keys import own_key

    course, key = course_by_slug(shape), own_key(PACKS)
    return {"seconds": seconds(lambda: export_pack(course, to=Path(to), key=key))}


def zip_once(to: str) -> dict[str, Any]:
    """Inside the maker: the same bytes in a plain archive, stored, and flushed to the disk."""
    from courses.blobs import blob_path, stored_blobs

    paths = [blob_path(sha256) for sha256 in stored_blobs()]

    def write() -> None:
        with Path(to).open("wb") as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
                for path in paths:
                    archive.write(path, path.name)
            target.flush()
            os.fsync(target.fileno())

    return {"seconds": seconds(write)}


FAMILY = Family(
    names=("import_vs_cp", "import_peak_mb", "reimport_cpu_s", "export_vs_zip"), measure=measure
)
