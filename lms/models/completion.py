from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models.learner import Learner


class Completion(models.Model):
    """Something a learner has completed; once there it stays. Derived from statements.

    ``kind`` is seen (lesson read), activity, lesson, module or course.
    """

    class Kind(models.TextChoices):
        SEEN = "seen", _("seen")
        ACTIVITY = "activity", _("activity")
        LESSON = "lesson", _("lesson")
        MODULE = "module", _("module")
        COURSE = "course", _("course")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="completions")
    course_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    object_id = models.UUIDField()
    completed_at = models.DateTimeField(_("completed"))
    scaled = models.DecimalField(_("score"), max_digits=5, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints = [
            models.UniqueConstraint(
                fields=("learner", "course_id", "kind", "object_id"), name="completed_once"
            )
        ]
        indexes = [
            models.Index(fields=("course_id", "kind"), name="completions_of_course"),
            models.Index(fields=("object_id", "kind"), name="completions_of_object"),
        ]
