"""What a delta pack carries: the files its base lacks, as patches where that pays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from courses.blobs import has_blob, read_blob
from courses.models import Course
from offline_pack.errors import BaseIsADeltaError, BaseNotOlderError, OtherCourseBaseError
from offline_pack.format.compression import PATCH_MAX
from offline_pack.format.manifest import BlobEntry, Release
from offline_pack.format.reader import PackReader
from offline_pack.format.storing import PackFile, PatchBase

MAX_TRIES = 3  # patches tried for one file
MAX_DOCUMENT = 64 * 1024 * 1024  # bytes of a course document

# What a thing is called inside its list, so that it is found again when others come before it.
_NAMES = ("id", "machine_name")


class DeltaBase:
    """A full pack of an older version, for new files to be compared with.

    Making one raises ``OtherCourseBaseError``, ``BaseIsADeltaError`` or ``BaseNotOlderError``.
    """

    def __init__(self, pack: PackReader, *, course: Course) -> None:
        manifest = pack.manifest
        if manifest.pack != course.pk:
            raise OtherCourseBaseError(manifest.title_in(manifest.default_lang))
        if manifest.base is not None:
            raise BaseIsADeltaError(rev=manifest.rev)
        if manifest.rev >= course.version:
            raise BaseNotOlderError(rev=manifest.rev, version=course.version)
        self.release = Release(manifest.rev, pack.manifest_sha256)
        self._pack = pack
        self._types = {item.sha256: item.media_type for item in manifest.files}
        self._blobs = {blob.sha256: blob for blob in manifest.blobs if self._is_usable(blob)}

    def changes_of(
        self, files: Sequence[PackFile], *, document: Mapping[str, Any], course: str
    ) -> Iterator[PackFile]:
        """The files the base lacks, with what they may be patches of.

        ``course`` is the SHA-256 of the new course document, ``document``; it is always carried.
        """
        before, after = self._places(), dict(_places(document))
        stood_at = {sha256: before.get(place) for place, sha256 in after.items()}
        stood_at[course] = self._pack.manifest.course
        for file in files:
            if file.sha256 == course or file.sha256 not in self._types:
                likely = stood_at.get(file.sha256)
                yield replace(file, bases=tuple(self._bases(file, likely=likely)))

    def _bases(self, file: PackFile, *, likely: str | None) -> Iterator[PatchBase]:
        """First what stood in the same place, then what is of the same kind and size."""
        if file.size > PATCH_MAX:
            return
        alike = (
            blob
            for blob in self._blobs.values()
            if self._types[blob.sha256] == file.media_type and blob.sha256 != file.sha256
        )
        near = sorted(
            alike,
            key=lambda b: (b.sha256 != likely, abs(b.size - file.size), b.sha256),
        )
        for blob in near[:MAX_TRIES]:
            yield PatchBase(blob.sha256, blob.size, partial(self._read, blob.sha256))

    def _read(self, sha256: str) -> bytes:
        if self._pack.is_at_hand(self._pack.entry(sha256)):
            return self._pack.read_blob(sha256, limit=PATCH_MAX)
        return read_blob(sha256)

    def _is_usable(self, blob: BlobEntry) -> bool:
        if not 0 < blob.size <= PATCH_MAX:
            return False
        return self._pack.is_at_hand(blob) or has_blob(blob.sha256)

    def _places(self) -> dict[tuple[str, ...], str]:
        """Where each file stood in the base's course document, if that is at hand."""
        course = self._pack.entry(self._pack.manifest.course)
        if not self._pack.is_at_hand(course):
            return {}
        document = json.loads(self._pack.read_blob(course.sha256, limit=MAX_DOCUMENT))
        return dict(_places(document))


def _places(value: Any, where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every blob reference of a course document, with the way that leads to it."""
    if isinstance(value, dict):
        if isinstance(value.get("sha256"), str):
            yield where, value["sha256"]
            return
        for key, item in value.items():
            yield from _places(item, (*where, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, (*where, _name(item, number)))


def _name(item: Any, number: int) -> str:
    if isinstance(item, dict):
        for key in _NAMES:
            if isinstance(item.get(key), str):
                return str(item[key])
    return str(number)
