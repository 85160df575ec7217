from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models import Epoch, Statement


class LrsCursor(models.Model):
    """At the centre: how far a stream of facts was handed to the LRS."""

    wagtail_reference_index_ignore = True  # written by programs
    epoch = models.OneToOneField(
        Epoch, models.CASCADE, primary_key=True, related_name="lrs_cursor"
    )
    sequence = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.epoch_id} {self.sequence}"


class LrsStragglerQuerySet(models.QuerySet["LrsStraggler"]):
    def waiting(self) -> Self:
        return self.filter(refused_at=None)

    def refused(self) -> Self:
        return self.exclude(refused_at=None)


class LrsStraggler(models.Model):
    """A fact that the cursor does not account for: it came late into its place, or was refused.

    It goes with its statement, when that is taken out of its place.
    """

    wagtail_reference_index_ignore = True  # written by programs
    statement = models.OneToOneField(
        Statement, models.CASCADE, primary_key=True, related_name="lrs_straggler"
    )
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(default=0)  # HTTP
    words = models.TextField(_("what the LRS said"), blank=True)

    objects = LrsStragglerQuerySet.as_manager()

    class Meta:
        ordering = ("-refused_at", "pk")

    def __str__(self) -> str:
        return f"{self.statement_id} {self.status}"


class LrsState(models.Model):
    """At the centre, one row: how forwarding goes.

    ``last_error`` is the name of an error's class and ``error_facts`` its attributes; the words
    come from ``offline_pack.lrs.words`` when somebody reads them.
    """

    wagtail_reference_index_ignore = True  # written by programs
    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    access = models.CharField(max_length=64, blank=True)  # digest of the settings last used
    sent = models.PositiveBigIntegerField(default=0)  # statements the LRS said it holds
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.last_error or str(self.sent)
