from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuietTime(models.Model):
    """At a telecentre, one row: how long the centre was not heard, without asking a calendar."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    heard_at = models.DateTimeField(_("last heard"), null=True)  # the evidence counted from
    days = models.PositiveIntegerField(default=0)  # in use since then
    pending_ms = models.PositiveBigIntegerField(default=0)  # uptime not yet made a day
    boot_id = models.UUIDField(null=True)
    counted_ms = models.PositiveBigIntegerField(default=0)  # of that boot, counted already

    class Meta:
        verbose_name = _("time without news")
        verbose_name_plural = _("times without news")

    def __str__(self) -> str:
        return str(self.days)
