from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models.learner import Learner


class Enrolment(models.Model):
    """A learner follows a course. Derived from ``registered`` statements.

    A single answer does not move ``last_active_at``: one write less for each of them.
    """

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="enrolments")
    course_id = models.UUIDField()
    registered_at = models.DateTimeField(_("enrolled"))
    last_lesson_id = models.UUIDField(null=True)  # the lesson read last
    last_lesson_at = models.DateTimeField(null=True)
    last_active_at = models.DateTimeField(_("last activity"), null=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=("learner", "course_id"), name="enrolled_once")
        ]
        indexes = [models.Index(fields=("course_id",), name="enrolled_in_course")]
