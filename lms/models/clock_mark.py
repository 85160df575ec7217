from __future__ import annotations

from django.db import models

from lms.models.device import Device


class ClockMark(models.Model):
    """A right time met by a device in one of its boots: the first of that boot, never changed.

    At the centre it is the time at which a batch came in; at a telecentre, what the centre signed.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    device = models.ForeignKey(Device, models.CASCADE, related_name="clock_marks")
    boot_id = models.UUIDField()
    mono_ms = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    within_ms = models.BigIntegerField()
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("device", "boot_id"), name="one_mark_of_a_boot")
        ]

    def __str__(self) -> str:
        return f"{self.boot_id} {self.at_ms}"
