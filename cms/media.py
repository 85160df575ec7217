"""Wagtail's images and documents as blobs: each file is read and resized once.

``StoredMedia`` remembers which blob came of which file, so that publishing a course again reads
no file, and so that the same pages give the same outline even after an image library changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.db import models
from PIL import Image as PillowImage
from wagtail.images.models import Filter

from cms.media_types import media_type_of
from courses.blobs import has_blob, store_blob, store_bytes
from courses.outline import BlobRef, ImageRendition

WIDTHS = (320, 640, 960, 1280)
POSTER_WIDTH = 640
QUALITY = 75
WEBP = "image/webp"
_AS_IT_IS = "original"


class StoredMedia(models.Model):
    """One file of Wagtail, in one size, as a blob. ``cms.media`` is its only writer."""

    class Kind(models.TextChoices):
        IMAGE = "image"
        DOCUMENT = "document"

    kind = models.CharField(max_length=10, choices=Kind)
    source_id = models.BigIntegerField()  # of the image or document
    file_hash = models.CharField(max_length=40)  # of its file, as Wagtail has it
    size_name = models.CharField(max_length=20)  # "w640" or "original"
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(default=0)  # pixels; 0 = not an image
    height = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "source_id", "file_hash", "size_name"), name="stored_once_a_size"
            )
        ]

    def ref(self) -> BlobRef:
        return BlobRef(sha256=self.sha256, size=self.size, media_type=self.media_type)


class MediaShelf:
    """Blobs of the media a course uses; one query for all that are known already."""

    def __init__(self, *, images: Iterable[int] = (), documents: Iterable[int] = ()) -> None:
        Kind = StoredMedia.Kind  # noqa: N806 - a class
        wanted = models.Q(kind=Kind.IMAGE, source_id__in=list(images)) | models.Q(
            kind=Kind.DOCUMENT, source_id__in=list(documents)
        )
        self._known = {
            (row.kind, row.source_id, row.file_hash, row.size_name): row
            for row in StoredMedia.objects.filter(wanted)
        }

    def renditions(self, image: Any) -> tuple[ImageRendition, ...]:
        """WebP at the widths pages use; a size that saves no bytes is left out."""
        rows = [self._image(image, width) for width in _widths_for(image.width)]
        kept: list[StoredMedia] = []
        for row in reversed(rows):
            if not kept or row.size < kept[-1].size:
                kept.append(row)
        return tuple(
            ImageRendition(blob=row.ref(), width=row.width, height=row.height)
            for row in reversed(kept)
        )

    def poster(self, image: Any) -> BlobRef:
        return self._image(image, min(POSTER_WIDTH, image.width)).ref()

    def document(self, document: Any) -> BlobRef:
        row = self._found(StoredMedia.Kind.DOCUMENT, document, _AS_IT_IS)
        if row is None:
            with document.open_file() as stream:
                ref = store_blob(stream, media_type_of(document.filename))
            row = self._remember(StoredMedia.Kind.DOCUMENT, document, _AS_IT_IS, ref)
        return row.ref()

    def _image(self, image: Any, width: int) -> StoredMedia:
        name = f"w{width}"
        row = self._found(StoredMedia.Kind.IMAGE, image, name)
        if row is None:
            content, size = _webp(image, width)
            ref = store_bytes(content, WEBP)
            row = self._remember(StoredMedia.Kind.IMAGE, image, name, ref, size=size)
        return row

    def _found(self, kind: str, source: Any, size_name: str) -> StoredMedia | None:
        row = self._known.get((kind, source.pk, source.get_file_hash(), size_name))
        return row if row and has_blob(row.sha256) else None

    def _remember(
        self,
        kind: str,
        source: Any,
        size_name: str,
        ref: BlobRef,
        *,
        size: tuple[int, int] = (0, 0),
    ) -> StoredMedia:
        key = (kind, source.pk, source.get_file_hash(), size_name)
        row, _created = StoredMedia.objects.update_or_create(
            kind=kind,
            source_id=source.pk,
            file_hash=key[2],
            size_name=size_name,
            defaults={
                "sha256": ref.sha256,
                "size": ref.size,
                "media_type": ref.media_type,
                "width": size[0],
                "height": size[1],
            },
        )
        self._known[key] = row
        return row


def _widths_for(width: int) -> list[int]:
    """The widths offered for an image: never above its own."""
    widths = [step for step in WIDTHS if step < width]
    return [*widths, min(width, WIDTHS[-1])]


def _webp(image: Any, width: int) -> tuple[bytes, tuple[int, int]]:
    """The image at that width. A WebP file of that very width is taken as it is, if bare.

    A drawing saved without loss is lighter and sharper than what encoding it again would give;
    but a photograph may say where it was taken.
    """
    if width == image.width:
        with image.open_file() as stream:
            content = stream.read()
        if _is_bare_webp(content):
            return content, (image.width, image.height)
    output = BytesIO()
    Filter(spec=f"width-{width}|format-webp|webpquality-{QUALITY}").run(image, output)
    content = output.getvalue()
    with PillowImage.open(BytesIO(content)) as result:
        return content, result.size


def _is_bare_webp(content: bytes) -> bool:
    with PillowImage.open(BytesIO(content)) as picture:
        return picture.format == "WEBP" and not {"exif", "xmp"} & picture.info.keys()
