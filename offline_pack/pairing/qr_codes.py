"""QR codes: words that a telephone reads instead of a person."""

from __future__ import annotations

from collections.abc import Iterable

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(words: Iterable[str]) -> SafeString:
    """An SVG drawing, with neither style nor script in it; black on white in the dark too."""
    code = segno.make(" ".join(words), error="m", micro=False)
    drawing = code.svg_inline(border=4, light="#fff", omitsize=True)
    return mark_safe(drawing)  # noqa: S308 - squares; the words are not in it
