"""Wagtail says that pages changed; the courses they belong to are published again.

Signals, not the ``after_publish_page`` hook: scheduled publishing and the API do not run hooks.
A deleted page that was live is unpublished first, so that signal is enough for deletions.
"""

from __future__ import annotations

from typing import Any

from wagtail.signals import page_published, page_unpublished, post_page_move

from cms.publication import courses_above, publish_soon
from courses.h5p.installing import InstalledPackage, definition_from_package
from courses.signals import h5p_installed

KINDS = ("course", "module", "lesson")


def connect() -> None:
    page_published.connect(publish_courses_of_page, dispatch_uid="yelen_page_published")
    page_unpublished.connect(publish_courses_of_page, dispatch_uid="yelen_page_unpublished")
    post_page_move.connect(publish_both_courses, dispatch_uid="yelen_page_moved")
    h5p_installed.connect(offer_exercise, dispatch_uid="yelen_h5p_installed")


def publish_courses_of_page(instance: Any, **kwargs: Any) -> None:
    if getattr(instance, "learning_kind", "") in KINDS:
        for course_page in courses_above(instance):
            publish_soon(course_page)


def publish_both_courses(instance: Any, parent_page_before: Any, **kwargs: Any) -> None:
    """The course a module or lesson left, and the one it came to; they may be the same."""
    if getattr(instance.specific_class, "learning_kind", "") in KINDS:
        for page in (parent_page_before, instance):
            for course_page in courses_above(page):
                publish_soon(course_page)


def offer_exercise(*, package: InstalledPackage, file_name: str, **kwargs: Any) -> None:
    """An exercise installed by command can be chosen in lessons, like one uploaded in Wagtail."""
    from cms.h5p_packages import H5PPackage

    known = H5PPackage.objects.filter(file_name=file_name).first()
    exercise = known or H5PPackage(file_name=file_name, title=package.title[:200])
    exercise.definition = definition_from_package(package).to_dict()
    exercise.save()
