from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models.learner import Learner


class Attempt(models.Model):
    """One try at an activity. Derived from statements that carry the same ``attempt`` id.

    Quiz: ``answers`` maps question id -> {"right": bool, "response": [...]}; ``scaled`` counts all
    questions right by then, in this try or before; finished when nothing is left to ask.
    Practical: item id -> level; a try begun and not finished waits for its observer.
    H5P: the result of the latest top-level statement.
    """

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="attempts")
    course_id = models.UUIDField()
    course_version = models.PositiveIntegerField(default=0)
    activity_id = models.UUIDField()
    attempt_id = models.UUIDField()
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    answers = models.JSONField(default=dict)
    scaled = models.DecimalField(_("score"), max_digits=5, decimal_places=4, null=True)
    is_passed = models.BooleanField(_("passed"), default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("started_at", "attempt_id")
        constraints = [
            models.UniqueConstraint(
                fields=("learner", "course_id", "activity_id", "attempt_id"),
                name="one_row_an_attempt",
            )
        ]
