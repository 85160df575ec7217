"""Blocks one reads: heading, text, callout."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, RichTextBlock, StructBlock

from cms.blocks.place import Place
from courses import outline as shape

TEXT_FEATURES = [
    "bold", "italic", "link", "ul", "ol", "h3", "h4", "hr", "blockquote",
    "code", "superscript", "subscript",
]  # fmt: skip
SHORT_FEATURES = ["bold", "italic", "link", "ul", "ol"]
INLINE_FEATURES = ["bold", "italic", "code", "superscript", "subscript"]


class HeadingBlock(StructBlock):
    text = CharBlock(label=_("Text"), max_length=200)
    level = ChoiceBlock(
        label=_("Size"),
        choices=[("2", _("Heading")), ("3", _("Subheading")), ("4", _("Small heading"))],
        default="2",
    )

    def outline(self, value: Any, place: Place) -> shape.HeadingBlock:
        return shape.HeadingBlock(text=value["text"].strip(), level=int(value["level"] or 2))

    class Meta:
        icon = "title"
        label = _("Heading")
        label_format = "{text}"


class TextBlock(RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", TEXT_FEATURES)
        super().__init__(**kwargs)

    def outline(self, value: Any, place: Place) -> shape.RichTextBlock | None:
        html = place.html(value)
        return shape.RichTextBlock(html=html) if html else None

    class Meta:
        icon = "pilcrow"
        label = _("Text")


class CalloutBlock(StructBlock):
    tone = ChoiceBlock(
        label=_("Kind of box"),
        choices=[
            ("note", _("Note")),
            ("tip", _("Tip")),
            ("example", _("Example")),
            ("safety", _("Safety")),
        ],
        default="note",
    )
    title = CharBlock(label=_("Title"), required=False, max_length=200)
    text = RichTextBlock(label=_("Text"), features=SHORT_FEATURES)

    def outline(self, value: Any, place: Place) -> shape.CalloutBlock:
        return shape.CalloutBlock(
            html=place.html(value["text"]),
            tone=value["tone"] or "note",
            title=(value["title"] or "").strip(),
        )

    class Meta:
        icon = "help"
        label = _("Box")
        label_format = "{title}"
