"""What is measured on: a large made-up course, and the demo at a centre and a telecentre."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid5

from bench.instances import served
from bench.measuring import Run, say
from cms.demo.instances import Instance, new_instance

DEMO_COURSE, DEMO_TELECENTRE = "maintenance", "baobab"
SEED = 20240617
SPACE = UUID("5b0f4f5e-52c4-4f8e-9c59-7a6d1f3b2c10")


@dataclass(frozen=True, slots=True)
class Kind:
    """So many files of a size; pseudo-random bytes, which nothing can compress."""

    count: int
    size: int  # bytes
    media_type: str


SHAPES = {
    # Eight films, some sound, many pictures: 1,300 files, 210 MB.
    "course": (
        Kind(8, 15_000_000, "video/mp4"),
        Kind(92, 500_000, "audio/mpeg"),
        Kind(1_200, 36_667, "image/webp"),
    ),
    # Kolibri's case: 500 files, 500 MB.
    "films": (Kind(500, 1_000_000, "video/mp4"),),
}


def make_course(shape: str) -> dict[str, Any]:
    """Inside an instance: publish a course of that shape; how many files and bytes it has."""
    from courses.blobs import note_blobs
    from courses.outline import CourseOutline, FileBlock, LessonOutline, ModuleOutline
    from courses.publishing import publish_outline

    refs = [_write(number, kind) for number, kind in enumerate(_spread(shape))]
    note_blobs(refs)
    lessons = tuple(
        LessonOutline(
            id=uuid5(SPACE, f"{shape} lesson {at}"),
            title=f"Leçon {at}",
            blocks=tuple(
                FileBlock(title=f"Fichier {ref.sha256[:8]}", blob=ref, filename=ref.sha256[:8])
                for ref in refs[at : at + 20]
            ),
        )
        for at in range(0, len(refs), 20)
    )
    module = ModuleOutline(id=uuid5(SPACE, f"{shape} module"), title="Module", lessons=lessons)
    outline = CourseOutline(
        id=uuid5(SPACE, shape), slug=shape, title="Un grand cours", modules=(module,)
    )
    publish_outline(outline)
    return {"files": len(refs), "bytes": sum(ref.size for ref in refs)}


def _spread(shape: str) -> list[Kind]:
    return [kind for kind in SHAPES[shape] for _ in range(kind.count)]


def _write(number: int, kind: Kind) -> Any:
    """One file, straight into the blob store: no measurement rests on how it came there."""
    import hashlib

    from courses.blobs import blob_path
    from courses.outline import BlobRef

    content = Random(f"{SEED} {number}").randbytes(kind.size)  # noqa: S311 - not secrets
    sha256 = hashlib.sha256(content).hexdigest()
    path: Path = blob_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return BlobRef(sha256, kind.size, kind.media_type)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo at a centre and at a telecentre paired with it; neither is running.

    Copy both before use: others measure on them too.
    """

    centre: Instance
    telecentre: Instance
    port: int  # where the telecentre looks for the centre


@cache
def demo(run: Run) -> Demo:
    """Made once a run, the way an operator would."""
    say("  making a demo centre and a demo telecentre")
    centre = new_instance("central", run.folder / "centre")
    telecentre = new_instance("telecentre", run.folder / "telecentre")
    centre.command("load_demo")
    pack = run.folder / "demo.pack"
    centre.command("export_pack", DEMO_COURSE, "--to", str(pack))
    code = centre.command("create_pairing_code", DEMO_TELECENTRE).stdout.split()[-1]
    with served(centre) as server:
        telecentre.command("pair", "--centre", server.address, "--code", code)
        port = int(server.address.rpartition(":")[2])
    telecentre.command("import_pack", str(pack))
    telecentre.command("load_demo")
    return Demo(centre, telecentre, port)
