from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WithdrawnRelease(models.Model):
    """At a telecentre: a version of a course that the centre has taken back.

    A row is never removed: what was withdrawn once stays so.
    """

    pack = models.UUIDField()  # the pack line, which is the course
    rev = models.PositiveIntegerField(_("version"))
    told_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("withdrawn pack")
        verbose_name_plural = _("withdrawn packs")
        ordering = ("pack", "rev")
        constraints = [
            models.UniqueConstraint(fields=("pack", "rev"), name="one_row_per_withdrawal")
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.rev}"
