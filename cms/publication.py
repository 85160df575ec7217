"""Keeping the catalogue true to the pages.

Done at once, on commit, not by a task: the trainer must see the new version when the screen
comes back, the demo and tests must not depend on a worker, and a course of thirty lessons takes
a fraction of a second, as the slow part (resizing a picture) is done once a file (cms.media).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from wagtail.models import Page

from cms.outlining import outline_from_page
from courses.errors import CoursesError
from courses.models import Course
from courses.publishing import publish_outline, withdraw_course

log = logging.getLogger(__name__)


@dataclass
class Publication:
    """Called on commit: the catalogue's course becomes what its pages say by then."""

    page_id: int  # of the course page
    course_id: UUID
    is_done: bool = False

    def __call__(self) -> None:
        self.is_done = True
        try:
            publish_course(self.page_id, course_id=self.course_id)
        except CoursesError:  # the page is published by now; the hook tells the trainer why
            log.exception("the catalogue could not follow page %s", self.page_id)


def publish_soon(course_page: Any) -> None:
    """Publish the course when the transaction commits: once, however many pages changed."""
    publication = Publication(page_id=course_page.pk, course_id=course_page.learning_id)
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] == publication for entry in waiting):
        transaction.on_commit(publication)


def publish_course(page_id: int, *, course_id: UUID) -> Course | None:
    """Publish the course as its live pages are; withdraw it when there is nothing to learn.

    ``course_id`` is told apart, as the page may be gone. Raises ``CoursesError`` when its outline
    cannot be made or published.
    """
    page = Page.objects.filter(pk=page_id).specific().first()
    outline = outline_from_page(page) if page is not None and is_public(page) else None
    if outline is not None and outline.modules:
        course = publish_outline(outline)
        log.info("course %s is at version %s", course.slug, course.version)
        return course
    if withdrawn := Course.objects.filter(pk=course_id).first():
        withdraw_course(withdrawn)
    return None


def is_public(course_page: Any) -> bool:
    """Live, and not behind a page restricted to some visitors."""
    return bool(course_page.live) and not course_page.get_view_restrictions().exists()


def courses_above(page: Any) -> list[Any]:
    """The course page that holds ``page``, or is it; an empty list elsewhere in the tree."""
    ancestors = page.get_ancestors(inclusive=True).specific()
    return [item for item in ancestors if getattr(item, "learning_kind", "") == "course"]
