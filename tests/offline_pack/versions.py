"""A course in versions that share one file and have one each, as packs."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from courses.blobs import blob_path, store_bytes, stored_blobs
from courses.models import Course
from courses.outline import (
    CourseOutline,
    FileBlock,
    LessonOutline,
    ModuleOutline,
    RichTextBlock,
)
from courses.publishing import publish_outline
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from tests.offline_pack.format.building import KEY, TRUSTED, noise, sha256

SIZE = 40_000  # bytes of a version's own file


def own_file(number: int) -> str:
    return sha256(noise(SIZE, seed=100 + number))


def shared_file() -> str:
    return sha256(noise(SIZE, seed=100))


def outline(number: int, *, course: int = 1) -> CourseOutline:
    """Version ``number``; its files are put in the store."""
    files = [store_bytes(noise(SIZE, seed=100 + n), "application/pdf") for n in (0, number)]
    lesson = LessonOutline(
        id=UUID(int=course * 10 + 3),
        title="Ouvrir un ordinateur",
        blocks=(
            RichTextBlock(html=f"<p>Version {number}</p>"),
            *(FileBlock(title="Fiche", blob=ref, filename="fiche.pdf") for ref in files),
        ),
    )
    module = ModuleOutline(id=UUID(int=course * 10 + 2), title="Premiers pas", lessons=(lesson,))
    return CourseOutline(
        id=UUID(int=course * 10 + 1),
        slug=f"cours-{course}",
        title=f"Cours {course}",
        modules=(module,),
    )


def publish(number: int, *, course: int = 1) -> Course:
    return publish_outline(outline(number, course=course))


def packs(folder: Path, *, count: int, course: int = 1) -> list[Path]:
    """Versions 1 to ``count`` as packs; afterwards this place has never seen the course."""
    folder.mkdir(exist_ok=True)
    before = set(_files())
    made = []
    for number in range(1, count + 1):
        published = publish(number, course=course)
        made.append(export_pack(published, to=folder / f"v{number}.pack", key=KEY).path)
    Course.objects.filter(pk=outline(1, course=course).id).delete()
    for sha in set(_files()) - before:
        blob_path(sha).unlink()
    return made


def install(folder: Path, *, count: int) -> None:
    """Versions 1 to ``count`` of course 1, one after the other, from packs."""
    for pack in packs(folder, count=count):
        import_pack(pack, trusted=TRUSTED)


def manifest_bytes(*, rev: int, blobs: list[str]) -> bytes:
    """As much of a manifest of course 1 as tells what arrives."""
    document = {"pack": str(outline(1).id), "rev": rev, "blobs": [{"h": sha} for sha in blobs]}
    return json.dumps(document).encode()


def _files() -> list[str]:
    return list(stored_blobs())
