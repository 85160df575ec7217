from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.models import Telecentre
from offline_pack.fingerprints import device_digest, words_of

KEPT = timedelta(days=30)


class AskedBy(models.TextChoices):
    NETWORK = "network", _("Network")
    STICK = "stick", _("USB stick")


class PairingRequestQuerySet(models.QuerySet["PairingRequest"]):
    def waiting(self) -> Self:
        return self.filter(decided_at=None)

    def forgotten(self) -> Self:
        return self.filter(asked_at__lt=timezone.now() - KEPT)


class PairingRequest(models.Model):
    """At the centre: a device that asks to be paired without a code, until somebody decides.

    ``digest`` names the request itself: a later one of the same device takes its place.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    key_id = models.CharField(primary_key=True, max_length=64)
    device = models.UUIDField()  # the id it gives itself
    name = models.CharField(_("name"), max_length=120, blank=True)
    public_key = models.CharField(max_length=64)  # hex of 32 raw bytes
    age = models.CharField(max_length=100)  # for whom the offer is sealed
    body = models.BinaryField()  # as it came
    digest = models.CharField(max_length=64)  # SHA-256 of what is signed
    way = models.CharField(max_length=10, choices=AskedBy)
    asked_at = models.DateTimeField(_("asked"), auto_now=True)
    telecentre = models.ForeignKey(
        Telecentre,
        models.CASCADE,
        related_name="pairing_requests",
        verbose_name=_("telecentre"),
        null=True,
        blank=True,
    )  # none: not decided, or refused
    decided_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PairingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("pairing request")
        verbose_name_plural = _("pairing requests")
        ordering = ("asked_at",)

    def __str__(self) -> str:
        return self.name or " ".join(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(device_digest(self.public_key, self.age))


class OwnRequest(models.Model):
    """At a telecentre: what this machine asks, and the centre's offer until it is confirmed."""

    body = models.BinaryField()
    address = models.URLField(blank=True)  # where it was asked; empty: by stick
    asked_at = models.DateTimeField(auto_now_add=True)
    offer = models.JSONField(null=True, blank=True)  # checked, and believed by nobody yet
    is_refused = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("own pairing request")
        verbose_name_plural = _("own pairing requests")

    def __str__(self) -> str:
        return self.address or "-"
