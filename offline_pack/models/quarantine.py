from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models import Epoch


class QuarantineQuerySet(models.QuerySet["QuarantinedFact"]):
    def waiting(self) -> Self:
        """Those nobody has decided about."""
        return self.filter(released_at=None, kept_at=None)


class QuarantinedFact(models.Model):
    """At the centre: a fact that could not be used, as the bytes that came.

    It has its place in the stream and counts in the cursor; ``code`` is one of those in
    docs/reference/sync-protocol.md. The row stays when the fact is released: it holds the bytes.
    """

    epoch = models.ForeignKey(Epoch, models.PROTECT, related_name="quarantined")
    sequence = models.PositiveBigIntegerField()
    code = models.CharField(_("reason"), max_length=20)
    # Whom the line speaks of, as far as it can be read: often somebody not known here.
    learner_id = models.UUIDField(null=True, db_index=True)
    line = models.BinaryField()
    chain_hash = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    kept_at = models.DateTimeField(_("kept aside"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = QuarantineQuerySet.as_manager()

    wagtail_reference_index_ignore = True  # written by programs

    class Meta:
        verbose_name = _("set-aside fact")
        verbose_name_plural = _("set-aside facts")
        ordering = ("epoch", "sequence")
        constraints = [
            models.UniqueConstraint(fields=("epoch", "sequence"), name="quarantined_once_a_place")
        ]
        indexes = [  # asked at every sync: what was decided long ago is not looked through
            models.Index(
                fields=("epoch",),
                condition=models.Q(released_at=None, kept_at=None),
                name="facts_aside_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.epoch_id} {self.sequence} {self.code}"
