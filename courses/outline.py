"""The shape of a course outside the database.

Plain Python, no Django. Wagtail pages become a ``CourseOutline``, a pack becomes one, and
``courses.publishing.publish_outline`` turns one into rows: a course arrives the same way at the
centre and at a telecentre.

A document (``to_dict``) holds only strings, integers, booleans, lists and objects; ids are
strings, and there are no floats, so that ``canonical_json`` gives the same bytes everywhere.
A block or an activity of a kind unknown to this version survives a round trip untouched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from courses.outline_codec import decode, encode

SCHEMA = 1
"""Version of the course document; raised only when an older reader must refuse."""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Bytes in the blob store, by content."""

    sha256: str  # lower-case hex, 64 characters
    size: int  # bytes
    media_type: str  # e.g. "image/webp"


@dataclass(frozen=True, slots=True)
class ImageRendition:
    blob: BlobRef
    width: int  # pixels
    height: int  # pixels


@dataclass(frozen=True, slots=True)
class VideoRendition:
    blob: BlobRef
    label: str  # e.g. "240p"


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2  # 2..4, as in HTML


@dataclass(frozen=True, slots=True)
class RichTextBlock:
    kind: ClassVar[str] = "text"
    html: str  # cleaned: see courses.html


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """``alt`` is empty only when the image is decorative. Renditions go from small to large."""

    kind: ClassVar[str] = "image"
    renditions: tuple[ImageRendition, ...]
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class AudioBlock:
    kind: ClassVar[str] = "audio"
    title: str
    blob: BlobRef
    language: str = "fr"  # BCP 47, e.g. "mos"
    seconds: int = 0  # 0 = not known
    transcript: str = ""  # cleaned HTML


@dataclass(frozen=True, slots=True)
class VideoBlock:
    """Renditions go from light to heavy."""

    kind: ClassVar[str] = "video"
    title: str
    renditions: tuple[VideoRendition, ...]
    poster: BlobRef | None = None
    captions: BlobRef | None = None  # text/vtt
    language: str = "fr"
    seconds: int = 0  # 0 = not known
    transcript: str = ""  # cleaned HTML


@dataclass(frozen=True, slots=True)
class FileBlock:
    kind: ClassVar[str] = "file"
    title: str
    blob: BlobRef
    filename: str  # shown and used for the download, e.g. "fiche.pdf"


@dataclass(frozen=True, slots=True)
class CalloutBlock:
    """A boxed remark; ``tone`` is one of note, tip, example, safety."""

    kind: ClassVar[str] = "callout"
    html: str  # cleaned
    tone: str = "note"
    title: str = ""


@dataclass(frozen=True, slots=True)
class ActivityOutline:
    """Something to do. ``definition`` is the document of ``courses.activities[kind]``."""

    id: UUID
    kind: str  # e.g. "quiz", "practical", "h5p"
    title: str
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActivityBlock:
    kind: ClassVar[str] = "activity"
    activity: ActivityOutline


@dataclass(frozen=True, slots=True)
class UnknownBlock:
    """A block written by a newer Yelen: kept whole, shown as a short notice."""

    kind: ClassVar[str] = ""
    document: Mapping[str, Any]


Block = (
    HeadingBlock
    | RichTextBlock
    | ImageBlock
    | AudioBlock
    | VideoBlock
    | FileBlock
    | CalloutBlock
    | ActivityBlock
    | UnknownBlock
)


@dataclass(frozen=True, slots=True)
class LessonOutline:
    id: UUID
    title: str
    blocks: tuple[Block, ...] = ()
    minutes: int = 0  # 0 = not said

    def activities(self) -> Iterator[ActivityOutline]:
        for block in self.blocks:
            if isinstance(block, ActivityBlock):
                yield block.activity


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    id: UUID
    title: str
    lessons: tuple[LessonOutline, ...] = ()
    objective: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class H5PLibraryOutline:
    """One H5P library, as installed: each file is a blob like any other."""

    machine_name: str  # e.g. "H5P.MultiChoice"
    major: int
    minor: int
    patch: int
    metadata: Mapping[str, Any]  # its library.json
    files: Mapping[str, BlobRef]  # path inside the library folder -> blob

    @property
    def folder(self) -> str:
        return f"{self.machine_name}-{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class CourseOutline:
    id: UUID
    slug: str
    title: str
    theme: str = "maintenance"  # maintenance | projects | enterprise
    language: str = "fr"
    summary: str = ""
    objectives: tuple[str, ...] = ()
    prerequisites: str = ""
    minutes: int = 0
    modules: tuple[ModuleOutline, ...] = ()
    libraries: tuple[H5PLibraryOutline, ...] = ()
    schema: int = field(default=SCHEMA)

    def lessons(self) -> Iterator[LessonOutline]:
        for module in self.modules:
            yield from module.lessons

    def activities(self) -> Iterator[ActivityOutline]:
        for lesson in self.lessons():
            yield from lesson.activities()

    def blobs(self) -> dict[str, BlobRef]:
        """Every blob the course needs, by SHA-256, found wherever a reference stands."""
        return {blob.sha256: blob for blob in find_blobs(to_dict(self))}


def to_dict(outline: CourseOutline) -> dict[str, Any]:
    """The course document: JSON types only."""
    document = encode(outline)
    assert isinstance(document, dict)  # noqa: S101 - narrows for the type checker
    return document


def from_dict(document: Mapping[str, Any]) -> CourseOutline:
    """Read a course document; raises ``OutlineError`` naming the place that is wrong."""
    outline: CourseOutline = decode(CourseOutline, document, where="course")
    return outline


def block_from_dict(document: Mapping[str, Any]) -> Block:
    """Read one block of a lesson; an unknown kind gives an ``UnknownBlock``."""
    block: Block = decode(Block, document, where="block")
    return block


def block_to_dict(block: Block) -> dict[str, Any]:
    document = encode(block)
    assert isinstance(document, dict)  # noqa: S101 - narrows for the type checker
    return document


def canonical_json(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document down: sorted keys, no spaces, ASCII."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode("ascii")


def digest(outline: CourseOutline) -> str:
    """SHA-256 of the canonical document, in hex: equal digests mean the same course."""
    return document_digest(to_dict(outline))


def document_digest(document: Mapping[str, Any]) -> str:
    """The digest of a course that is written down already."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


_BLOB_KEYS = {"sha256", "size", "media_type"}


def find_blobs(document: dict[str, Any] | list[Any]) -> Iterator[BlobRef]:
    """Every blob reference standing anywhere in a document."""
    if isinstance(document, dict):
        if document.keys() == _BLOB_KEYS:
            yield decode(BlobRef, document, where="blob")
            return
        inside: Iterable[Any] = document.values()
    else:
        inside = document
    for value in inside:
        if isinstance(value, dict | list):  # most are words and numbers
            yield from find_blobs(value)
