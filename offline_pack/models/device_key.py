from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.models import Device
from offline_pack.format.signing import DEVICE, VerifyingKey, fingerprint


class DeviceKey(models.Model):
    """At the centre: the public key by which a paired device is known."""

    key_id = models.CharField(primary_key=True, max_length=64)
    public_key = models.CharField(max_length=64)  # hex of 32 raw bytes
    device = models.ForeignKey(
        Device, models.CASCADE, related_name="keys", verbose_name=_("device")
    )
    paired_at = models.DateTimeField(_("paired"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    age = models.CharField(max_length=100, blank=True)  # the recipient that goes with it
    # Another took its place; until then it is still good.
    expires_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("valid until"), null=True, blank=True
    )
    successor = models.CharField(max_length=64, blank=True)  # key id of the one that did

    class Meta:
        verbose_name = _("device key")
        verbose_name_plural = _("device keys")
        ordering = ("paired_at",)

    def __str__(self) -> str:
        return fingerprint(self.key_id)

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None or self.device.revoked_at is not None

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def verifying_key(self) -> VerifyingKey:
        return VerifyingKey(public=bytes.fromhex(self.public_key), purpose=DEVICE)


class DeviceContact(models.Model):
    """At the centre: what a device said about itself when last heard."""

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="contact")
    software = models.CharField(_("version"), max_length=40, blank=True)
    waiting = models.PositiveBigIntegerField(_("waiting results"), default=0)
    forked_at = models.DateTimeField(_("told two stories"), null=True, blank=True)
    clock_ahead = models.BigIntegerField(_("clock ahead"), null=True)  # seconds; below 0: behind
    trouble = models.CharField(_("trouble"), max_length=20, blank=True)  # a code of the protocol
    age = models.CharField(max_length=100, blank=True)  # for whom answers on a stick are sealed

    class Meta:
        verbose_name = _("last contact")
        verbose_name_plural = _("last contacts")

    def __str__(self) -> str:
        return str(self.device)
