from __future__ import annotations

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.outline import Block, CourseOutline, block_from_dict, from_dict


class Theme(models.TextChoices):
    MAINTENANCE = "maintenance", _("Computer maintenance")
    PROJECTS = "projects", _("Project management")
    ENTERPRISE = "enterprise", _("Social entrepreneurship")


class CourseQuerySet(models.QuerySet["Course"]):
    def current(self) -> Self:
        """Courses on offer: published, and not withdrawn."""
        return self.filter(retired_at=None)


class Course(models.Model):
    """A course as it stands now; its id was made where it was written."""

    wagtail_reference_index_ignore = True  # written by programs, from pages indexed already
    id = models.UUIDField(primary_key=True, editable=False)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    theme = models.CharField(_("theme"), max_length=20, choices=Theme, default=Theme.MAINTENANCE)
    language = models.CharField(_("language"), max_length=12, default="fr")
    summary = models.TextField(_("summary"), blank=True)
    objectives = models.JSONField(_("objectives"), default=list)
    prerequisites = models.TextField(_("prerequisites"), blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes of all its files"), default=0)
    published_at = models.DateTimeField(_("published"))
    retired_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    stamp = models.UUIDField(default=uuid4, editable=False)  # a new one each time it is written

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ("theme", "title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("yelen_courses:course", args=[self.slug])


class CourseVersion(models.Model):
    """One whole version of a course, kept so that one can go back to it and pack it again."""

    wagtail_reference_index_ignore = True  # written by programs, from pages indexed already
    course = models.ForeignKey(Course, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    document = models.JSONField()  # courses.outline.to_dict()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("course", "version")
        constraints = [
            models.UniqueConstraint(fields=("course", "version"), name="one_row_per_version")
        ]

    def outline(self) -> CourseOutline:
        return from_dict(self.document)


class Module(models.Model):
    wagtail_reference_index_ignore = True  # written by programs, from pages indexed already
    id = models.UUIDField(primary_key=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="modules")
    position = models.PositiveIntegerField()  # 1..n
    title = models.CharField(max_length=200)
    objective = models.TextField(blank=True)
    minutes = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("course", "position")

    def __str__(self) -> str:
        return f"{self.position} {self.title}"


class LessonQuerySet(models.QuerySet["Lesson"]):
    def current(self) -> Self:
        return self.filter(retired_at=None, module__retired_at=None)


class Lesson(models.Model):
    """``number`` is module.position, such as 3.2; unique among the lessons not retired."""

    wagtail_reference_index_ignore = True  # written by programs, from pages indexed already
    id = models.UUIDField(primary_key=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, models.CASCADE, related_name="lessons")
    position = models.PositiveIntegerField()  # 1..n inside its module
    title = models.CharField(max_length=200)
    minutes = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes fetched to read it, media aside
    block_documents = models.JSONField(default=list)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ("course", "module__position", "position")
        indexes = [models.Index(fields=("course", "module", "position"), name="lesson_place")]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        return f"{self.module.position}.{self.position}"

    def blocks(self) -> tuple[Block, ...]:
        return tuple(block_from_dict(document) for document in self.block_documents)

    def get_absolute_url(self) -> str:
        return reverse("yelen_courses:lesson", args=[self.course.slug, self.number])

    def activity_documents(self) -> list[dict[str, Any]]:
        """The documents of the activities in this lesson, in reading order."""
        return [block["activity"] for block in self.block_documents if block["kind"] == "activity"]
