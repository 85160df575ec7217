from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models import Device


class InstalledPack(models.Model):
    """At the centre: the version of a course that a device says its learners see.

    Not a foreign key to the course: a telecentre may have one that this centre does not know.
    """

    device = models.ForeignKey(
        Device, models.CASCADE, related_name="installed", verbose_name=_("device")
    )
    course_id = models.UUIDField()
    version = models.PositiveIntegerField(_("version"))
    reported_at = models.DateTimeField(_("installed"))  # when it was first said

    class Meta:
        verbose_name = _("pack at a telecentre")
        verbose_name_plural = _("packs at telecentres")
        ordering = ("device", "course_id")
        constraints = [
            models.UniqueConstraint(
                fields=("device", "course_id"), name="one_row_per_device_and_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.version}"
