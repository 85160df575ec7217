"""Which files of a course may be left out of a pack: what can only be heard or watched.

Plain Python, no Django. Words, pictures, exercises and files to take away are ``core``; audio is
grouped by its language, videos by how large their picture is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from courses.outline import AudioBlock, Block, CourseOutline, LessonOutline, VideoBlock

CORE = "core"
AUDIO = "audio:"
VIDEO = "video:"
SEVERAL_LANGUAGES = "mul"  # ISO 639-2: one recording that lessons announce in several
_MAX_NAME = 48  # characters: with what stands before, within the manifest's 64
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_HEIGHT = re.compile(r"(\d{2,4})p")


def groups_of(outline: CourseOutline) -> dict[str, str]:
    """The group of every blob of the course, by SHA-256.

    What is used by anything else than an audio or video block is ``core``; a rendition that
    stands under two labels counts as the lighter one.
    """
    media: dict[str, str] = {}
    for sha256, group in _media(outline):
        media[sha256] = _together(media.get(sha256, group), group)
    core = _without_media(outline).blobs()
    return {
        sha256: CORE if sha256 in core else media.get(sha256, CORE) for sha256 in outline.blobs()
    }


def language_of(group: str) -> str | None:
    """The language of an audio group; None for any other."""
    return group.removeprefix(AUDIO) if group.startswith(AUDIO) else None


def height_of(group: str) -> int | None:
    """Pixels from top to bottom of a video group named like "240p"; None when it does not say."""
    found = _HEIGHT.fullmatch(group.removeprefix(VIDEO)) if group.startswith(VIDEO) else None
    return int(found.group(1)) if found else None


def _media(outline: CourseOutline) -> Iterator[tuple[str, str]]:
    for lesson in outline.lessons():
        for block in lesson.blocks:
            if isinstance(block, AudioBlock):
                yield block.blob.sha256, AUDIO + _safe(block.language)
            elif isinstance(block, VideoBlock):
                for rendition in block.renditions:
                    yield rendition.blob.sha256, VIDEO + _safe(rendition.label)


def _together(one: str, other: str) -> str:
    """The group of a blob that stands in two."""
    if one == other:
        return one
    if language_of(one) and language_of(other):
        return AUDIO + SEVERAL_LANGUAGES
    heaviest = 10**6
    return min(one, other, key=lambda group: (height_of(group) or heaviest, group))


def _without_media(outline: CourseOutline) -> CourseOutline:
    modules = tuple(
        replace(module, lessons=tuple(_words_only(lesson) for lesson in module.lessons))
        for module in outline.modules
    )
    return replace(outline, modules=modules)


def _words_only(lesson: LessonOutline) -> LessonOutline:
    blocks = (_stripped(block) for block in lesson.blocks if not isinstance(block, AudioBlock))
    return replace(lesson, blocks=tuple(blocks))


def _stripped(block: Block) -> Block:
    return replace(block, renditions=()) if isinstance(block, VideoBlock) else block


def _safe(name: str) -> str:
    """As much of it as a manifest takes for a group's name."""
    return _NOT_IN_A_NAME.sub("-", name)[:_MAX_NAME] or "-"
