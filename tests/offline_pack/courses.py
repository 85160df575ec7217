"""A small course with files, for packs to carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from courses.blobs import blob_path, store_bytes, stored_blobs
from courses.models import Course
from courses.outline import (
    CourseOutline,
    FileBlock,
    ImageBlock,
    ImageRendition,
    LessonOutline,
    ModuleOutline,
    RichTextBlock,
)
from courses.publishing import publish_outline
from tests.offline_pack.format.building import noise

COURSE_ID = UUID("00000000-0000-4000-8000-0000000000c1")
MODULE_ID = UUID("00000000-0000-4000-8000-0000000000d1")
LESSON_ID = UUID("00000000-0000-4000-8000-0000000000e1")


def outline(
    *, text: str = "<p>Bonjour</p>", slug: str = "maintenance", film: int = 0
) -> CourseOutline:
    """One lesson with words, a picture and a file; its blobs are put in the store.

    ``film`` is the size in bytes of one more file, if any.
    """
    picture = store_bytes(noise(90_000, seed=11), "image/webp")
    sheet = store_bytes(noise(30_000, seed=12), "application/pdf")
    lesson = LessonOutline(
        id=LESSON_ID,
        title="Ouvrir un ordinateur",
        blocks=(
            RichTextBlock(html=text),
            ImageBlock(renditions=(ImageRendition(picture, 640, 480),), alt="Un ordinateur"),
            FileBlock(title="Fiche", blob=sheet, filename="fiche.pdf"),
            *_film(film),
        ),
    )
    module = ModuleOutline(id=MODULE_ID, title="Premiers pas", lessons=(lesson,))
    return CourseOutline(
        id=COURSE_ID, slug=slug, title="Maintenance informatique", modules=(module,)
    )


def _film(size: int) -> list[FileBlock]:
    if not size:
        return []
    blob = store_bytes(noise(size, seed=13), "video/mp4")
    return [FileBlock(title="Film", blob=blob, filename="film.mp4")]


def publish(**changes: Any) -> Course:
    return publish_outline(outline(**changes))


def other_course(number: int) -> Course:
    """One more course, with rows of its own."""
    course = outline(slug=f"cours-{number}")
    lesson = replace(course.modules[0].lessons[0], id=UUID(int=number * 10 + 3))
    module = replace(course.modules[0], id=UUID(int=number * 10 + 2), lessons=(lesson,))
    title = f"Cours {number}"
    return publish_outline(
        replace(course, id=UUID(int=number * 10 + 1), title=title, modules=(module,))
    )


def forget_course() -> None:
    """Make this installation a telecentre that has never seen the course."""
    for sha256 in list(stored_blobs()):
        blob_path(sha256).unlink()
    Course.objects.all().delete()


def stored_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder: its size, and when it was written (nanoseconds)."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
