from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """How often a telecentre synchronises by itself."""

    LINK = "link", _("As soon as there is a link")
    HOUR = "hour", _("Every hour")
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    OFF = "off", _("Never: only with the button")


class SyncPlan(models.Model):
    """At a telecentre, one row: when the next sync is due, without asking a calendar.

    ``wait_ms`` is what was left to wait at ``counted_ms`` of the boot ``boot_id``: time in which
    this machine runs. So a wrong date neither hurries a sync nor puts it off for years.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rhythm = models.CharField(_("rhythm"), max_length=5, choices=Rhythm, default=Rhythm.LINK)
    failures = models.PositiveIntegerField(default=0)  # in a row
    wait_ms = models.PositiveBigIntegerField(default=0)
    ran_ms = models.PositiveBigIntegerField(default=0)  # since the last day of use ended
    boot_id = models.UUIDField(null=True)
    counted_ms = models.PositiveBigIntegerField(default=0)
    batch_facts = models.PositiveIntegerField(default=500)  # how many the line carries at once
    last_sent = models.PositiveBigIntegerField(default=0)  # facts the last good sync brought over

    class Meta:
        verbose_name = _("plan of synchronisation")
        verbose_name_plural = _("plans of synchronisation")

    def __str__(self) -> str:
        return self.rhythm
