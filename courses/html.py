"""Cleaning HTML that people wrote: what a lesson may hold, and nothing that runs.

Every piece of HTML in a course outline has passed through here. The same text always gives the
same bytes, since a course's version hangs on them.
"""

from __future__ import annotations

import re

import nh3

_INLINE_TAGS = {"a", "b", "br", "code", "em", "i", "span", "strong", "sub", "sup"}
_BLOCK_TAGS = {"p", "ul", "ol", "li", "h3", "h4", "hr", "blockquote"}
_DROPPED_WHOLE = {"script", "style", "template", "iframe", "object", "svg", "math"}
_SCHEMES = {"http", "https", "mailto"}
_PARAGRAPH_BREAK = re.compile(r"</p>\s*<p>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?p>", re.IGNORECASE)
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>", re.IGNORECASE)


def clean_html(text: str) -> str:
    """Rich text with only the tags a lesson may hold; links open nothing unasked."""
    cleaned = _clean(text, _INLINE_TAGS | _BLOCK_TAGS)
    return _EMPTY_PARAGRAPH.sub("", cleaned).strip()


def clean_inline(text: str) -> str:
    """One run of text, for a question or a title: paragraphs become line breaks."""
    cleaned = _clean(text, _INLINE_TAGS | {"p"})
    cleaned = _EMPTY_PARAGRAPH.sub("", cleaned)
    return _PARAGRAPH.sub("", _PARAGRAPH_BREAK.sub("<br>", cleaned)).strip()


def _clean(text: str, tags: set[str]) -> str:
    return nh3.clean(
        text.replace("\r\n", "\n"),
        tags=tags,
        clean_content_tags=_DROPPED_WHOLE,
        attributes={"a": {"href"}, "span": {"lang"}},
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
