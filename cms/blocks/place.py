"""Where a block stands while it is turned into its outline, and what it may ask for there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol
from uuid import UUID

from courses.html import clean_html, clean_inline
from courses.outline import BlobRef, Block, ImageRendition

_PAGE_LINK = re.compile(r'<a\b(?=[^>]*\blinktype="page")[^>]*\bid="(\d+)"[^>]*>')


class Shelf(Protocol):
    """Chosen media as blobs; ``cms.media.MediaShelf`` is the real one."""

    def renditions(self, image: Any) -> tuple[ImageRendition, ...]:
        """An image at the widths pages use, from small to large."""
        ...

    def poster(self, image: Any) -> BlobRef:
        """An image at one middling size."""
        ...

    def document(self, document: Any) -> BlobRef: ...


@dataclass(frozen=True, slots=True)
class Place:
    lesson_id: UUID
    block_id: str
    language: str  # of the course, BCP 47
    shelf: Shelf
    address_of: Callable[[int], str | None]  # where learners find a page, by its key

    @property
    def activity_id(self) -> UUID:
        """Kept when the block is edited; another one when the lesson is copied."""
        return activity_id(self.lesson_id, self.block_id)

    def html(self, value: Any) -> str:
        """What a learner may be sent of a rich text: links resolved, tags cleaned."""
        return clean_html(self._linked(value.source)) if value else ""

    def inline_html(self, value: Any) -> str:
        return clean_inline(self._linked(value.source)) if value else ""

    def _linked(self, source: str) -> str:
        """Links to pages lead where learners find them; a page they cannot see is no link."""
        return _PAGE_LINK.sub(lambda found: self._link(int(found[1])), source)

    def _link(self, page_id: int) -> str:
        address = self.address_of(page_id)
        return f'<a href="{escape(address)}">' if address else "<a>"


def activity_id(lesson_id: UUID, block_id: str) -> UUID:
    return uuid.uuid5(lesson_id, block_id)


def block_id(child: Any, position: int) -> str:
    """A block's id; one that was never saved is known by its position in the lesson."""
    return child.id or f"new-{position}"


class OutlinedBlock(Protocol):
    """What a block of a lesson must be able to do; blocks without it stay on the site."""

    def outline(self, value: Any, place: Place) -> Block | None: ...


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank, trimmed."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
