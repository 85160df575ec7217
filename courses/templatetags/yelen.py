"""Small words and pictures for templates: icons, sizes, minutes."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from re import DOTALL, search

from django import template
from django.conf import settings
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.blobs import has_blob
from courses.errors import IconMissingError
from courses.html import clean_html
from courses.outline import BlobRef, ImageBlock, VideoRendition
from courses.reading import blob_url as address_of_blob

register = template.Library()

ICONS = Path(__file__).parent.parent / "static" / "yelen_courses" / "vendor" / "icons"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the kept set, inlined; always beside its word, so hidden from readers.

    One that was not brought in raises under test and leaves nothing on a site in use.
    """
    drawing = _drawing(name)
    if not drawing and getattr(settings, "YELEN_STRICT_TEMPLATES", settings.DEBUG):
        raise IconMissingError(name)
    if not drawing:
        return SafeString()
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        name,
        mark_safe(drawing),  # noqa: S308 - a file of our own set
    )


@cache
def _drawing(name: str) -> str:
    """The shapes inside the icon's file, without its frame; empty when there is no file."""
    try:
        text = (ICONS / f"{name}.svg").read_text()
    except OSError:
        return ""
    inside = search(r"<svg[^>]*>(.*)</svg>", text, DOTALL)
    return " ".join(inside.group(1).split()) if inside else ""


@register.filter
def prose(html: str) -> SafeString:
    """HTML of a course, cleaned where it is shown: a pack may hold anything at all."""
    return mark_safe(_cleaned(html))  # noqa: S308 - cleaned on this very line


@lru_cache(maxsize=256)
def _cleaned(html: str) -> str:
    return clean_html(html)


@register.filter
def size(count: int | None) -> str:
    """Bytes as people say them: 85 Ko, 1,2 Mo, 28 Go. Never "0": the least is 1 Ko."""
    kilobytes = max(1, round((count or 0) / 1000))
    if kilobytes < 1000:  # noqa: PLR2004 - the next unit
        return _("%(number)s KB") % {"number": kilobytes}
    if kilobytes < 1_000_000:  # noqa: PLR2004 - the next unit
        return _("%(number)s MB") % {"number": _short(kilobytes / 1000)}
    return _("%(number)s GB") % {"number": _short(kilobytes / 1_000_000)}


def _short(number: float) -> str:
    return floatformat(number, 1 if number < 10 else 0)  # noqa: PLR2004 - two figures are enough


@register.filter
def minutes(count: int | None) -> str:
    """12 min; 2 h; 2 h 30."""
    hours, rest = divmod(count or 0, 60)
    if not hours:
        return _("%(number)d min") % {"number": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}


@register.filter
def duration(seconds: int | None) -> str:
    """How long a recording is, in whole minutes, at least one."""
    count = max(1, round((seconds or 0) / 60))
    return ngettext("%(number)d minute", "%(number)d minutes", count) % {"number": count}


@register.filter
def percent(share: float | None) -> int:
    """0..1 as a whole number of hundredths, never rounded up to 100."""
    value = float(share or 0) * 100
    return min(99, round(value)) if value < 100 else 100  # noqa: PLR2004 - hundredths


@register.simple_tag
def blob_url(blob: BlobRef | None, name: str) -> str:
    """Where a visitor fetches the bytes; ``name`` is what a download is called."""
    return address_of_blob(blob, name=name)


@register.filter
def is_here(blob: BlobRef) -> bool:
    """Whether the bytes are in the store: a pack may leave media out. Asks the file system."""
    return has_blob(blob.sha256)


@register.filter
def here(renditions: tuple[VideoRendition, ...]) -> list[VideoRendition]:
    """The renditions that are in the store, light to heavy."""
    return [rendition for rendition in renditions if has_blob(rendition.blob.sha256)]


@register.filter
def srcset(image: ImageBlock) -> str:
    """Every width of an image, for the browser to choose from."""
    return ", ".join(
        f"{address_of_blob(item.blob, name='image')} {item.width}w" for item in image.renditions
    )
