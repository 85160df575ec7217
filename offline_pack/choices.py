"""How much of a course goes into a pack, and what that weighs before the pack is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from courses.media_groups import CORE, SEVERAL_LANGUAGES, groups_of, height_of, language_of
from courses.models import Course
from courses.outline import BlobRef, CourseOutline, canonical_json, to_dict
from offline_pack.format import compression

TEXT, AUDIO, SMALL_VIDEO, VIDEO, ALL = "text", "audio", "240p", "360p", "all"
MEDIA = (TEXT, AUDIO, SMALL_VIDEO, VIDEO, ALL)  # from light to heavy
_HEIGHTS = {SMALL_VIDEO: 240, VIDEO: 360}  # pixels
# Measured on the demo course: what text, scripts and styles weigh once packed, and what
# the table of contents and the gaps between files cost.
_PACKED_PERCENT = 33
_BYTES_A_FILE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Which media go with the words: without ``languages`` all that are heard.

    A video without a picture as small as asked for is left out: never more than asked.
    """

    languages: frozenset[str] | None = None  # e.g. {"fr", "mos"}
    media: str = ALL  # one of MEDIA

    def takes(self, group: str) -> bool:
        """Whether files of that group go into the pack."""
        if group == CORE or self.media == TEXT:
            return group == CORE
        if language := language_of(group):
            return self._is_spoken(language)
        height = height_of(group)
        most = _HEIGHTS.get(self.media, 0)
        return self.media == ALL or (height is not None and height <= most)

    @property
    def rank(self) -> tuple[int, bool]:
        """The wider the choice, the higher."""
        return MEDIA.index(self.media), not self.languages

    @property
    def label(self) -> str:
        """For a file's name: empty for all, else such as ``audio-fr-mos``."""
        parts = [] if self.media == ALL else [self.media]
        if self.media != TEXT:
            parts += sorted(self.languages or ())
        return "-".join(parts)

    def _is_spoken(self, language: str) -> bool:
        """``fr`` takes ``fr-BF`` too."""
        if not self.languages or language == SEVERAL_LANGUAGES:
            return True
        return any(language == tag or language.startswith(f"{tag}-") for tag in self.languages)


EVERYTHING = Choice()


def sizes(course: Course) -> dict[str, int]:
    """About how many bytes each group of the current version takes in a pack."""
    release = course.versions.get(version=course.version)
    return sizes_of(release.outline())


def sizes_of(outline: CourseOutline) -> dict[str, int]:
    groups, refs = groups_of(outline), outline.blobs()
    found: dict[str, int] = defaultdict(int)
    document = canonical_json(to_dict(outline))
    found[CORE] = len(document) * _PACKED_PERCENT // 100
    for sha256, ref in refs.items():
        found[groups[sha256]] += _packed(ref)
    return dict(found)


def size_of(course: Course, choice: Choice, *, known: Mapping[str, int] | None = None) -> int:
    """About how many bytes the pack will have; ``known`` is what ``sizes`` said before."""
    groups = sizes(course) if known is None else known
    return sum(size for group, size in groups.items() if choice.takes(group))


def pack_name(
    slug: str, *, version: int, choice: Choice = EVERYTHING, base_version: int | None = None
) -> str:
    """What a pack's file is called: ``cours-v3.pack``, ``cours-v3-audio-fr.pack`` and so on."""
    since = f"from-v{base_version}" if base_version else ""
    return "-".join(part for part in (slug, f"v{version}", choice.label, since) if part) + ".pack"


def _packed(ref: BlobRef) -> int:
    if compression.may_compress(ref.media_type, ref.size):
        return ref.size * _PACKED_PERCENT // 100 + _BYTES_A_FILE
    return ref.size + _BYTES_A_FILE
