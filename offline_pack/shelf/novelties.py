"""What is new in the packs within reach, by lesson: read from the course document they carry.

Of packs that the centre offers, the list that came with the last sync tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import F

from courses.changes import Changes, NumberedLesson, changes
from courses.models import CourseVersion
from courses.outline import CourseOutline
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.installing.importer import read_document
from offline_pack.offered_news import KINDS
from offline_pack.shelf.packs import FoundPack
from offline_pack.shelf.places import place_folder
from offline_pack.words.explain import EXPECTED

MAX_READ = 20  # course documents for one page
_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Changed:
    """How many lessons."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Novelties:
    """``changes`` against the version in use; without one, all lessons are in ``added``."""

    changes: Changes
    is_new_course: bool
    more: Changed = Changed()  # lessons that ``changes`` does not name

    @property
    def count(self) -> Changed:
        """All of them, named or not."""
        return Changed(
            added=len(self.changes.added) + self.more.added,
            changed=len(self.changes.changed) + self.more.changed,
            removed=len(self.changes.removed) + self.more.removed,
        )


def novelties_of(found: Iterable[FoundPack], *, trusted: TrustedKeys) -> dict[str, Novelties]:
    """By the SHA-256 of the manifest, for packs newer than what learners see.

    Remembered by that hash, so a pack is read once; one that cannot be read is left out.
    """
    wanted = {pack.manifest_sha256: pack for pack in found if pack.is_trusted and pack.is_update}
    known: dict[str, Novelties] = {}
    unread: list[FoundPack] = []
    for manifest, pack in wanted.items():
        remembered = cache.get(_key(pack))
        if remembered is None:
            unread.append(pack)
        else:
            known[manifest] = remembered
    return known | _read(unread[:MAX_READ], trusted)


def novelties_offered(news: Mapping[str, Any], *, installed: int | None) -> Novelties | None:
    """Of a pack at the centre, against the version in use; None where its list does not say.

    ``news`` is as ``offline_pack.sync.offered.believed_news`` kept it.
    """
    if not news:
        return None
    if installed is None:
        return Novelties(Changes(), is_new_course=True, more=Changed(added=news["lessons"]))
    told = next((told for told in news["since"] if told["version"] == installed), None)
    if told is None:
        return None
    named = {kind: tuple(NumberedLesson(*lesson) for lesson in told[kind]) for kind in KINDS}
    return Novelties(Changes(**named), is_new_course=False, more=Changed(**told["more"]))


def _read(packs: list[FoundPack], trusted: TrustedKeys) -> dict[str, Novelties]:
    in_use = _outlines_in_use(pack.pack for pack in packs if pack.pack and pack.installed)
    read = {}
    for pack in packs:
        found = _news(pack, in_use, trusted)
        if found is not None:
            cache.set(_key(pack), found, _SECONDS)
            read[pack.manifest_sha256] = found
    return read


def _news(
    found: FoundPack, in_use: Mapping[UUID, CourseOutline], trusted: TrustedKeys
) -> Novelties | None:
    path: Path = place_folder(found.place) / found.name
    before = in_use.get(found.pack) if found.pack else None
    try:
        with open_with_volumes(path, trusted=trusted) as pack:
            outline = read_document(pack)
    except EXPECTED:  # the document is in another file, or the stick was pulled out
        return None
    return Novelties(changes(before, outline), is_new_course=before is None)


def _outlines_in_use(courses: Iterable[UUID]) -> dict[UUID, CourseOutline]:
    pks = list(courses)
    if not pks:
        return {}
    rows = CourseVersion.objects.filter(course__in=pks, version=F("course__version"))
    return {row.course_id: row.outline() for row in rows}


def _key(pack: FoundPack) -> str:
    return f"yelen-novelties:{pack.manifest_sha256}:{pack.installed or 0}"
