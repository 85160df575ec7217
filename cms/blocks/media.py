"""Blocks one looks at, listens to or takes away: image, audio, video, file."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, RichTextBlock, StructBlock
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock as ImageWithAltBlock
from wagtail.images.blocks import ImageChooserBlock

from cms import media_types
from cms.blocks.place import Place
from cms.blocks.text import SHORT_FEATURES
from courses import outline as shape
from courses.html import clean_html

LANGUAGES = [
    ("fr", "Français"),
    ("mos", "Mooré"),
    ("dyu", "Dioula"),
    ("ff", "Fulfuldé"),
    ("so", "Soomaali"),
    ("aa", "Afar"),
    ("ar", "العربية"),
    ("en", "English"),
]
_DURATION = re.compile(r"(?:(?P<minutes>\d{1,3}):)?(?P<seconds>\d{1,4})")


class MediaFileBlock(DocumentChooserBlock):
    """A document of certain kinds, whose bytes are what its name says."""

    def __init__(self, *, extensions: Collection[str] = (), **kwargs: Any) -> None:
        self.extensions = sorted(extensions)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        document = super().clean(value)
        if document is None:
            return None
        if media_types.extension_of(document.filename) not in self.extensions:
            raise ValidationError(
                gettext("Choose a file of one of these kinds: %(kinds)s.")
                % {"kinds": ", ".join(self.extensions)}
            )
        with document.open_file() as stream:
            if not media_types.is_what_it_says(document.filename, stream):
                raise ValidationError(
                    gettext("The content of “%(name)s” does not match its name.")
                    % {"name": document.filename}
                )
        return document


class DurationBlock(CharBlock):
    """Minutes and seconds, such as 2:30; a bare number is seconds."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not _DURATION.fullmatch(text.strip()):
            raise ValidationError(gettext("Write minutes and seconds, for example 2:30."))
        return text


def seconds_of(duration: str | None) -> int:
    found = _DURATION.fullmatch((duration or "").strip())
    return int(found["minutes"] or 0) * 60 + int(found["seconds"]) if found else 0


def _language_block() -> ChoiceBlock:
    return ChoiceBlock(label=_("Language"), choices=LANGUAGES, default="fr")


def _duration_block() -> DurationBlock:
    return DurationBlock(
        label=_("Duration"), required=False, help_text=_("Minutes and seconds: 2:30")
    )


def _transcript_block(help_text: Any) -> RichTextBlock:
    return RichTextBlock(
        label=_("Transcript"), required=False, features=SHORT_FEATURES, help_text=help_text
    )


def _spoken(value: Any, place: Place) -> dict[str, Any]:
    """The fields that an audio's and a video's outline share."""
    return {
        "title": value["title"].strip(),
        "language": value["language"] or "fr",
        "seconds": seconds_of(value["duration"]),
        "transcript": place.html(value["transcript"]),
    }


class ImageBlock(StructBlock):
    image = ImageWithAltBlock(label=_("Image and what it shows"))
    caption = CharBlock(label=_("Caption"), required=False, max_length=300)

    def outline(self, value: Any, place: Place) -> shape.ImageBlock | None:
        image = value["image"]
        if image is None:  # deleted since
            return None
        return shape.ImageBlock(
            renditions=place.shelf.renditions(image),
            alt="" if image.decorative else (image.contextual_alt_text or "").strip(),
            caption=(value["caption"] or "").strip(),
        )

    class Meta:
        icon = "image"
        label = _("Image")
        label_format = "{caption}"


class AudioBlock(StructBlock):
    title = CharBlock(label=_("Title"), max_length=200)
    file = MediaFileBlock(
        label=_("Sound file"),
        extensions=media_types.AUDIO,
        help_text=_("MP3, M4A or Ogg. Two minutes at most: about 0.5 MB."),
    )
    language = _language_block()
    duration = _duration_block()
    transcript = _transcript_block(_("What is said, for those who cannot listen."))

    def outline(self, value: Any, place: Place) -> shape.AudioBlock | None:
        if value["file"] is None:
            return None
        return shape.AudioBlock(blob=place.shelf.document(value["file"]), **_spoken(value, place))

    class Meta:
        icon = "media"
        label = _("Audio")
        label_format = "{title}"


class VideoFileBlock(StructBlock):
    label = ChoiceBlock(
        label=_("Size"),
        choices=[(f"{height}p", f"{height}p") for height in (144, 240, 360, 480, 720)],
        default="240p",
    )
    file = MediaFileBlock(label=_("Video file"), extensions=media_types.VIDEO)

    class Meta:
        icon = "media"
        label_format = "{label}"


class VideoBlock(StructBlock):
    """Several sizes of one film: the learner chooses, knowing the weight of each."""

    title = CharBlock(label=_("Title"), max_length=200)
    files = ListBlock(
        VideoFileBlock(),
        label=_("Video files"),
        min_num=1,
        help_text=_("MP4 or WebM, one file a size. 240p weighs about 2 MB a minute."),
    )
    poster = ImageChooserBlock(label=_("First picture"), required=False)
    captions = MediaFileBlock(
        label=_("Captions"),
        required=False,
        extensions=media_types.CAPTIONS,
        help_text=_("A WebVTT file. Needed to publish, unless there is a transcript."),
    )
    language = _language_block()
    duration = _duration_block()
    transcript = _transcript_block(
        _("What is said and shown. Needed to publish, unless there are captions.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        has_words = cleaned["captions"] or clean_html(cleaned["transcript"].source)
        if not self.is_deferred_validation and not has_words:
            fault = ValidationError(
                gettext("Add captions or a transcript before you publish this video.")
            )
            raise StructBlockValidationError(block_errors={"captions": fault})
        return cleaned

    def outline(self, value: Any, place: Place) -> shape.VideoBlock | None:
        renditions = [
            shape.VideoRendition(blob=place.shelf.document(item["file"]), label=item["label"])
            for item in value["files"]
            if item["file"] is not None
        ]
        if not renditions:
            return None
        captions, poster = value["captions"], value["poster"]
        return shape.VideoBlock(
            renditions=tuple(sorted(renditions, key=lambda item: item.blob.size)),
            poster=place.shelf.poster(poster) if poster else None,
            captions=place.shelf.document(captions) if captions else None,
            **_spoken(value, place),
        )

    class Meta:
        icon = "media"
        label = _("Video")
        label_format = "{title}"


class FileBlock(StructBlock):
    title = CharBlock(label=_("Title"), max_length=200)
    file = MediaFileBlock(
        label=_("File"),
        extensions=media_types.FILES,
        help_text=_("A form or a sheet to take away: PDF, OpenDocument, CSV…"),
    )

    def outline(self, value: Any, place: Place) -> shape.FileBlock | None:
        if value["file"] is None:
            return None
        return shape.FileBlock(
            title=value["title"].strip(),
            blob=place.shelf.document(value["file"]),
            filename=PurePosixPath(value["file"].filename).name,
        )

    class Meta:
        icon = "doc-full"
        label = _("File")
        label_format = "{title}"
