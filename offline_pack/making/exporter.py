"""A course as it stands, as one signed pack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

from courses.blobs import has_blob, open_blob
from courses.media_groups import CORE, groups_of
from courses.models import Course, CourseVersion
from courses.outline import BlobRef, CourseOutline, canonical_json
from offline_pack.choices import EVERYTHING, Choice
from offline_pack.errors import CourseNotFoundError, MissingBlobsError
from offline_pack.format.archive import TRUST_FOLDER
from offline_pack.format.fields import MEDIA_TYPE
from offline_pack.format.layout import VOLUME_SIZE
from offline_pack.format.manifest import CORE_GROUP, Group, Manifest, Requires, manifest_hash
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import SigningKey
from offline_pack.format.source import Progress
from offline_pack.format.storing import PackFile
from offline_pack.format.writer import BuiltPack, build_pack
from offline_pack.making.deltas import DeltaBase
from offline_pack.trust.issuing import documents_to_carry

COURSE_PATH = "course.json"
_NAME_CHARS = 20  # of a hash: a name for people; the whole hash stands beside it
_UNKNOWN_TYPE = "application/octet-stream"
# Ours, not the system's: the names in a pack must not depend on the machine.
_ENDINGS = {
    "application/javascript": ".js",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "font/woff2": ".woff2",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/css": ".css",
    "text/html": ".html",
    "text/javascript": ".js",
    "text/vtt": ".vtt",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}


def export_pack(
    course: Course,
    *,
    to: Path,
    key: SigningKey,
    choice: Choice = EVERYTHING,
    base: PackReader | None = None,
    volume_size: int = VOLUME_SIZE,
    progress: Progress | None = None,
) -> BuiltPack:
    """Pack the course's current version; with ``base``, only what that older pack lacks.

    The same version, choice, key and trust documents give the same bytes. Raises
    ``MissingBlobsError`` when the store does not hold all that is wanted, ``VolumeSizeError``, or
    what ``DeltaBase`` says of the base.
    """
    release = course.versions.get(version=course.version)
    outline, document = release.outline(), canonical_json(release.document)
    groups = _groups(outline, choice)
    files = list(_files(document, _refs(outline, groups), groups))
    inputs = _inputs(release, outline, manifest_hash(document), groups)
    if base is not None:
        older = DeltaBase(base, course=course)
        inputs = replace(inputs, base=older.release)
        files = list(
            older.changes_of(files, document=release.document, course=manifest_hash(document))
        )
    return build_pack(
        to,
        inputs=inputs,
        files=files,
        key=key,
        extras={f"{TRUST_FOLDER}{doc.version}.json": doc.data for doc in documents_to_carry()},
        volume_size=volume_size,
        progress=progress,
    )


def course_by_slug(slug: str) -> Course:
    """Raises ``CourseNotFoundError``."""
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise CourseNotFoundError(slug)
    return course


def _groups(outline: CourseOutline, choice: Choice) -> dict[str, str]:
    """The group of every blob that was chosen."""
    groups = groups_of(outline)
    return {sha256: group for sha256, group in groups.items() if choice.takes(group)}


def _refs(outline: CourseOutline, groups: Mapping[str, str]) -> list[BlobRef]:
    """The blobs to pack; raises ``MissingBlobsError``."""
    blobs = outline.blobs()
    if missing := tuple(sha256 for sha256 in sorted(groups) if not has_blob(sha256)):
        raise MissingBlobsError(missing)
    return [blobs[sha256] for sha256 in sorted(groups)]


def _inputs(
    release: CourseVersion, outline: CourseOutline, course: str, groups: Mapping[str, str]
) -> Manifest:
    media = sorted(set(groups.values()) - {CORE})
    return Manifest(
        pack=outline.id,
        rev=release.version,
        released_at=release.published_at.replace(microsecond=0),
        title={outline.language: outline.title},
        langs=(outline.language,),
        default_lang=outline.language,
        course=course,
        groups=(Group(CORE_GROUP), *(Group(name, optional=True) for name in media)),
        requires=Requires(course_schema=(outline.schema,)),
    )


def _files(document: bytes, refs: list[BlobRef], groups: Mapping[str, str]) -> Iterator[PackFile]:
    yield PackFile(
        path=COURSE_PATH,
        sha256=manifest_hash(document),
        size=len(document),
        media_type="application/json",
        open=partial(BytesIO, document),
    )
    for ref in refs:
        media_type = _plain_type(ref.media_type)
        yield PackFile(
            path=f"media/{ref.sha256[:_NAME_CHARS]}{_ENDINGS.get(media_type, '')}",
            sha256=ref.sha256,
            size=ref.size,
            media_type=media_type,
            open=partial(open_blob, ref.sha256),
            group=groups[ref.sha256],
        )


def _plain_type(media_type: str) -> str:
    """Without parameters such as ``; charset=utf-8``."""
    plain = re.split(r"[;\s]", media_type.strip(), maxsplit=1)[0].lower()
    return plain if MEDIA_TYPE.fullmatch(plain) else _UNKNOWN_TYPE
