from __future__ import annotations

from typing import Any

from django.db import models

from courses.activities import kind_of
from courses.models.course import Course, Lesson


class Activity(models.Model):
    """Something to do inside a lesson: quiz, practical, H5P..."""

    wagtail_reference_index_ignore = True  # written by programs, from pages indexed already
    id = models.UUIDField(primary_key=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="activities")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="activities")
    position = models.PositiveIntegerField()  # 1..n inside its lesson
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    definition = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("course", "lesson", "position")

    def __str__(self) -> str:
        return self.title

    def parsed(self) -> Any:
        """The typed definition (``QuizDefinition``...), or None for a kind not known here."""
        kind = kind_of(self.kind)
        return kind.parse.from_dict(self.definition) if kind else None


class ActivityVersionQuerySet(models.QuerySet["ActivityVersion"]):
    def at(self, course_version: int) -> ActivityVersion | None:
        """The definition in force in that version of the course."""
        return self.filter(since__lte=course_version).order_by("-since").first()


class ActivityVersion(models.Model):
    """A definition, from one version of the course until the next row's.

    No foreign key to ``Activity`` on purpose: marks are looked up for facts whose activity may
    have left the course long ago.
    """

    activity_id = models.UUIDField()
    since = models.PositiveIntegerField()  # course version
    kind = models.CharField(max_length=30)
    definition = models.JSONField()

    objects = ActivityVersionQuerySet.as_manager()

    class Meta:
        ordering = ("activity_id", "since")
        constraints = [
            models.UniqueConstraint(fields=("activity_id", "since"), name="one_row_per_change")
        ]

    def parsed(self) -> Any:
        kind = kind_of(self.kind)
        return kind.parse.from_dict(self.definition) if kind else None
