"""A course as it stands, as one signed pack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

from courses.blobs import has_blob, open_blob
from courses.models import Course, CourseVersion
from courses.outline import BlobRef, CourseOutline, canonical_json
from offline_pack.conf import packs_folder
from offline_pack.errors import CourseNotFoundError, MissingBlobsError
from offline_pack.format.fields import MEDIA_TYPE
from offline_pack.format.manifest import Manifest, Requires, manifest_hash
from offline_pack.format.signing import PACKS, SigningKey
from offline_pack.format.source import Progress
from offline_pack.format.storing import PackFile
from offline_pack.format.writer import BuiltPack, build_pack
from offline_pack.keys import own_key
from offline_pack.models import Pack

COURSE_PATH = "course.json"
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
    course: Course, *, to: Path, key: SigningKey, progress: Progress | None = None
) -> BuiltPack:
    """Pack the course's current version; the same version and key give the same bytes.

    Raises ``MissingBlobsError`` when the store does not hold all the course needs.
    """
    release = course.versions.get(version=course.version)
    outline = release.outline()
    refs = sorted(outline.blobs().values(), key=lambda ref: ref.sha256)
    if missing := tuple(ref.sha256 for ref in refs if not has_blob(ref.sha256)):
        raise MissingBlobsError(missing)
    document = canonical_json(release.document)
    return build_pack(
        to,
        inputs=_inputs(release, outline, document),
        files=_files(document, refs),
        key=key,
        progress=progress,
    )


def generate_pack(course: Course, *, progress: Progress | None = None) -> Pack:
    """Pack the course for download and note it; a pack that is there already is kept."""
    folder = packs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"building-{course.pk}.pack"
    built = export_pack(course, to=draft, key=own_key(PACKS), progress=progress)
    built.path.replace(pack_path(built.manifest_sha256))
    pack, _created = Pack.objects.update_or_create(
        manifest_sha256=built.manifest_sha256,
        defaults={
            "course": course,
            "version": built.manifest.rev,
            "key_id": built.key_id,
            "size": built.size,
        },
    )
    return pack


def pack_path(manifest_sha256: str) -> Path:
    """Where a pack built here lies."""
    return packs_folder() / f"{manifest_sha256}.pack"


def course_by_slug(slug: str) -> Course:
    """Raises ``CourseNotFoundError``."""
    course = Course.objects.filter(slug=slug).first()
    if course is None:
        raise CourseNotFoundError(slug)
    return course


def _inputs(release: CourseVersion, outline: CourseOutline, document: bytes) -> Manifest:
    return Manifest(
        pack=outline.id,
        rev=release.version,
        released_at=release.published_at.replace(microsecond=0),
        title={outline.language: outline.title},
        langs=(outline.language,),
        default_lang=outline.language,
        course=manifest_hash(document),
        requires=Requires(course_schema=(outline.schema,)),
    )


def _files(document: bytes, refs: list[BlobRef]) -> Iterator[PackFile]:
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
            path=f"media/{ref.sha256}{_ENDINGS.get(media_type, '')}",
            sha256=ref.sha256,
            size=ref.size,
            media_type=media_type,
            open=partial(open_blob, ref.sha256),
        )


def _plain_type(media_type: str) -> str:
    """Without parameters such as ``; charset=utf-8``."""
    plain = re.split(r"[;\s]", media_type.strip(), maxsplit=1)[0].lower()
    return plain if MEDIA_TYPE.fullmatch(plain) else _UNKNOWN_TYPE
