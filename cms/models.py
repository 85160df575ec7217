"""The pages trainers write. All they do is in ``cms.mixins``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.h5p_packages import H5PPackage
from cms.media import StoredMedia
from cms.mixins import CourseIndexMixin, CourseMixin, LessonMixin, ModuleMixin

__all__ = [
    "CourseIndexPage",
    "CoursePage",
    "H5PPackage",
    "LessonPage",
    "ModulePage",
    "StoredMedia",
]


class CourseIndexPage(CourseIndexMixin, Page):  # type: ignore[django-manager-missing]
    subpage_types = ["yelen_cms.CoursePage"]
    page_description = _("The list of all courses")

    class Meta:
        verbose_name = _("list of courses")
        verbose_name_plural = _("lists of courses")


class CoursePage(CourseMixin, Page):  # type: ignore[django-manager-missing]
    parent_page_types = ["yelen_cms.CourseIndexPage"]
    subpage_types = ["yelen_cms.ModulePage"]
    page_description = _("A course, made of modules")

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")


class ModulePage(ModuleMixin, Page):  # type: ignore[django-manager-missing]
    parent_page_types = ["yelen_cms.CoursePage"]
    subpage_types = ["yelen_cms.LessonPage"]
    page_description = _("A part of a course, made of lessons")

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")


class LessonPage(LessonMixin, Page):  # type: ignore[django-manager-missing]
    parent_page_types = ["yelen_cms.ModulePage"]
    subpage_types: list[Any] = []
    page_description = _("Something to read, watch, answer or do")

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
