"""QR codes: words that a telephone reads instead of a person."""

from __future__ import annotations

from collections.abc import Iterable

import segno


def qr_code(words: Iterable[str]) -> str:
    """An SVG drawing, with neither style nor script in it; black on white in the dark too."""
    code = segno.make(" ".join(words), error="m", micro=False)
    return str(code.svg_inline(border=4, light="#fff", omitsize=True))
