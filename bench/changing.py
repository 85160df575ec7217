"""Inside a centre: the demo course made as large as a real one, and what people change in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from string import ascii_letters
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid5

from bench.fixtures import DEMO_COURSE, SEED, SPACE
from bench.measuring import BenchError

if TYPE_CHECKING:
    from courses.models import Course
    from courses.outline import BlobRef, Block, CourseOutline, ImageBlock, VideoRendition

B = TypeVar("B", bound="Block")
T = TypeVar("T")

LIBRARY = "Bench.Presentation"
PATCHED = 12  # each twelfth script has a line more in the next patch
SCRIPTS, SCRIPT_SIZE = 36, 42_000  # bytes each: 1.5 MB together
FILM_SIZE = 5_000_000  # bytes
_NAMES = 1_500  # identifiers the made-up scripts share
_LINES = (
    "  var {0} = this.{1}.{2}({3}, {4});",
    "  if ({0}.{1} !== undefined && {2} > {3}) {{",
    "    self.{0}.{1}({2}, function ({3}) {{ return {3}.{4}; }});",
    "  }}",
    "  {0}.prototype.{1} = function ({2}, {3}) {{",
    "    H5P.jQuery('<div/>', {{'class': 'h5p-{0}-{1}', 'aria-label': {2}.l10n.{3}}});",
    "  for (var {0} = 0; {0} < {1}.length; {0}++) {{",
    "  // {0} {1} {2} {3}",
)


def enlarge() -> dict[str, Any]:
    """Add a library of real size and a film, publish and pack."""
    from courses.outline import LessonOutline, ModuleOutline, VideoBlock

    outline = outline_of(demo_course())
    block = VideoBlock(title="Un film", renditions=(_film(FILM_SIZE),))
    lesson = LessonOutline(id=uuid5(SPACE, "film"), title="Un film", blocks=(block,))
    module = ModuleOutline(id=uuid5(SPACE, "films"), title="Films", lessons=(lesson,))
    larger = replace(outline, modules=(*outline.modules, module))
    return _publish(_with_library(larger, patch=0))


def change(what: str) -> dict[str, Any]:
    """Make one of ``CHANGES``, publish and pack."""
    return _publish(CHANGES[what](outline_of(demo_course())))


def demo_course() -> Course:
    """As it stands in this instance."""
    from courses.models import Course

    return Course.objects.get(slug=DEMO_COURSE)


def outline_of(course: Course) -> CourseOutline:
    return course.versions.get(version=course.version).outline()


def _typo(outline: CourseOutline) -> CourseOutline:
    """One letter of one lesson."""
    from courses.outline import RichTextBlock

    return _with_first(
        outline, RichTextBlock, lambda block: replace(block, html=block.html.replace("e", "é", 1))
    )


def _image(outline: CourseOutline) -> CourseOutline:
    """Another picture in the place of one, as heavy, in every size that is kept of it."""
    from courses.outline import ImageBlock

    def other(block: ImageBlock) -> ImageBlock:
        renditions = (
            replace(item, blob=_noise(item.blob.size, item.blob.media_type))
            for item in block.renditions
        )
        return replace(block, renditions=tuple(renditions))

    return _with_first(outline, ImageBlock, other)


def _library(outline: CourseOutline) -> CourseOutline:
    """The next patch of the library: a line more in three of its scripts."""
    return _with_library(outline, patch=1)


def _video(outline: CourseOutline) -> CourseOutline:
    """The film encoded anew: other bytes throughout."""
    from courses.outline import VideoBlock

    return _with_first(
        outline, VideoBlock, lambda block: replace(block, renditions=(_film(FILM_SIZE + 1),))
    )


CHANGES: dict[str, Callable[[CourseOutline], CourseOutline]] = {
    "typo": _typo,
    "image": _image,
    "library": _library,
    "video": _video,
}


def _publish(outline: CourseOutline) -> dict[str, Any]:
    """Publish and pack; the pack's path and bytes, and those of its deltas."""
    from courses.publishing import publish_outline
    from offline_pack.making.generating import generate_pack, pack_path
    from offline_pack.models import Pack

    course = publish_outline(outline)
    pack = generate_pack(course)
    deltas = Pack.objects.filter(version=course.version, base_version__isnull=False)
    return {
        "version": course.version,
        "pack": str(pack_path(pack.manifest_sha256)),
        "size": pack.size,
        "deltas": [delta.size for delta in deltas],
    }


def _with_first(outline: CourseOutline, kind: type[B], new: Callable[[B], B]) -> CourseOutline:
    """The outline with the first block of that kind exchanged."""
    for at, module in enumerate(outline.modules):
        for number, lesson in enumerate(module.lessons):
            for place, block in enumerate(lesson.blocks):
                if isinstance(block, kind):
                    blocks = _exchanged(lesson.blocks, place, new(block))
                    lessons = _exchanged(module.lessons, number, replace(lesson, blocks=blocks))
                    modules = _exchanged(outline.modules, at, replace(module, lessons=lessons))
                    return replace(outline, modules=modules)
    raise BenchError(f"the demo course has no {kind.__name__}")


def _exchanged(items: tuple[T, ...], at: int, item: T) -> tuple[T, ...]:
    return (*items[:at], item, *items[at + 1 :])


def _with_library(outline: CourseOutline, *, patch: int) -> CourseOutline:
    """The library in the store with that patch, and in the course as the store hands it out."""
    from courses.blobs import store_bytes
    from courses.h5p.library import install_library, outlines_of
    from courses.h5p.naming import LibraryName

    files = {
        f"scripts/part-{number}.js": store_bytes(_script(number, patch), "text/javascript")
        for number in range(SCRIPTS)
    }
    metadata = {
        "title": "Presentation",
        "machineName": LIBRARY,
        "majorVersion": 1,
        "minorVersion": 0,
        "patchVersion": patch,
        "runnable": 1,
        "preloadedJs": [{"path": path} for path in files],
    }
    name = LibraryName(LIBRARY, 1, 0)
    install_library(name, patch=patch, metadata=metadata, files=files)
    others = (item for item in outline.libraries if item.machine_name != LIBRARY)
    return replace(outline, libraries=(*others, *outlines_of([name.label])))


def _script(number: int, patch: int) -> bytes:
    """Made-up source text, of which compression leaves about a fourth, as of real scripts."""
    shared = Random(SEED)  # noqa: S311 - not secrets
    names = [
        "".join(shared.choices(ascii_letters, k=shared.randint(3, 14))) for _ in range(_NAMES)
    ]
    chance = Random(f"{SEED} {number}")  # noqa: S311
    lines, size = [], 0
    while size < SCRIPT_SIZE:
        lines.append(chance.choice(_LINES).format(*chance.choices(names, k=5)))
        size += len(lines[-1]) + 1
    if patch and number % PATCHED == 0:
        lines.insert(len(lines) // 2, f"  // patch {patch}")
    return "\n".join(lines).encode()


def _film(size: int) -> VideoRendition:
    from courses.outline import VideoRendition

    return VideoRendition(_noise(size, "video/mp4"), label="240p")


def _noise(size: int, media_type: str) -> BlobRef:
    """So many bytes that nothing compresses, in the store."""
    from courses.blobs import store_bytes

    return store_bytes(Random(f"{SEED} {size}").randbytes(size), media_type)  # noqa: S311
