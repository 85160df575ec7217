from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models import Device


class PendingBatch(models.Model):
    """At the centre: a batch from a stick that came before the facts it continues.

    Its signature was found good. ``refusal`` is empty until a try to take it was refused.
    """

    device = models.ForeignKey(Device, models.CASCADE, related_name="pending_batches")
    epoch = models.UUIDField()  # no foreign key: the first batch of an epoch may be missing
    first_seq = models.PositiveBigIntegerField()
    facts = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)  # of the body
    body = models.BinaryField()
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    refusal = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("waiting batch")
        verbose_name_plural = _("waiting batches")
        ordering = ("epoch", "first_seq")

    def __str__(self) -> str:
        return f"{self.epoch} {self.first_seq}"
