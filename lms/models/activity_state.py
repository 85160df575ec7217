from __future__ import annotations

from django.db import models

from lms.models.learner import Learner


class ActivityState(models.Model):
    """Where a learner stopped inside an exercise: a convenience of this machine, not a fact."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="activity_states")
    activity_id = models.UUIDField()
    data_type = models.CharField(max_length=64)
    sub_content_id = models.CharField(max_length=64)  # "0" for the whole; else a UUID, as text
    state = models.TextField()  # whatever the exercise wrote, at most 64 KiB
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("learner", "activity_id", "data_type", "sub_content_id"),
                name="one_state_a_part",
            )
        ]
