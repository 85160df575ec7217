from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rot(models.TextChoices):
    """What is wrong with a file of the store."""

    CHANGED = "changed", _("Its bytes changed")
    SIZE = "size", _("It has another size")
    UNREADABLE = "unreadable", _("The disk cannot read it")
    MISSING = "missing", _("It is not there")


class RottenBlobQuerySet(models.QuerySet["RottenBlob"]):
    def unrepaired(self) -> Self:
        return self.filter(repaired_at=None)


class RottenBlob(models.Model):
    """A file found damaged or missing, until a pack brings it back.

    The damaged one is moved to ``<blobs>/rotten/``, so that the store lacks it.
    """

    sha256 = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=10, choices=Rot)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    repaired_at = models.DateTimeField(_("repaired"), null=True, blank=True)

    objects = RottenBlobQuerySet.as_manager()

    class Meta:
        verbose_name = _("damaged file")
        verbose_name_plural = _("damaged files")
        ordering = ("found_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("sha256",),
                condition=models.Q(repaired_at=None),
                name="rotten_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.reason}"


class ScrubState(models.Model):
    """How far the slow check of the store has come: one row."""

    passes = models.PositiveIntegerField(default=0)  # whole ones
    last_checked = models.CharField(max_length=64, blank=True)  # empty: a pass begins
    finished_at = models.DateTimeField(null=True, blank=True)  # the last whole pass

    def __str__(self) -> str:
        return f"pass {self.passes + 1} after {self.last_checked[:12]}"
