from __future__ import annotations

from django.db import models
from django.utils import timezone

from lms.models import Device, Telecentre


class ErasurePlace(models.Model):
    """At the centre: a telecentre where somebody was known who is erased, or on its list no more.

    It must forget them, now or should they be erased one day.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    learner_id = models.UUIDField()
    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("learner_id", "telecentre"), name="erased_once_a_place"
            )
        ]


class ErasureReport(models.Model):
    """At the centre: a device says that it has forgotten this learner.

    Without an erasure here, the centre was put back from a copy made before it.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    learner_id = models.UUIDField()
    device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("learner_id", "device"), name="erasure_told_once")
        ]
