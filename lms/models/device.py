from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.fact import FIRST_HASH
from lms.identifiers import new_id
from lms.models.telecentre import Telecentre


class Device(models.Model):
    """A machine that records facts: this one (``is_self``) and those that sync with it."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    telecentre = models.ForeignKey(
        Telecentre,
        models.PROTECT,
        related_name="devices",
        verbose_name=_("telecentre"),
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_self = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    stolen_at = models.DateTimeField(_("stolen"), null=True, blank=True)  # as it was reported

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(
                fields=("is_self",), condition=Q(is_self=True), name="one_device_is_this_one"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Epoch(models.Model):
    """One gapless stream of a device's facts, and how far it is held here.

    A device starts a new epoch at pairing, after a restore, and when it was found to tell two
    stories; of its own it has at most one open.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, models.CASCADE, related_name="epochs")
    last_sequence = models.PositiveBigIntegerField(default=0)
    last_hash = models.BinaryField(max_length=32, default=FIRST_HASH)
    acknowledged = models.PositiveBigIntegerField(default=0)  # what the centre says it holds
    durable = models.PositiveBigIntegerField(default=0)  # ...and has archived off its host
    placed = models.PositiveBigIntegerField(default=0)  # to where ``lms.placing`` has looked
    started_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("device", "started_at")

    def __str__(self) -> str:
        return f"{self.id} ({self.last_sequence})"
