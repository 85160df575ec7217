from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from offline_pack.format.signing import TrustedKeys, VerifyingKey, fingerprint


class Purpose(models.TextChoices):
    PACKS = "packs", _("Packs")
    SYNC = "sync", _("Sync")


class TrustedKeyQuerySet(models.QuerySet["TrustedKey"]):
    def for_reader(self) -> TrustedKeys:
        """Every key, revoked ones too: a reader says which of the two it met."""
        return TrustedKeys(row.verifying_key() for row in self)

    def in_force(self) -> Self:
        return self.filter(revoked_at=None)


class TrustedKey(models.Model):
    """A public key of a centre that this installation was told to believe."""

    key_id = models.CharField(primary_key=True, max_length=64)  # SHA-256 of the public key
    public_key = models.CharField(max_length=64)  # hex of 32 raw bytes
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    centre = models.CharField(_("centre"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("revoked"), null=True, blank=True
    )

    objects = TrustedKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("trusted key")
        verbose_name_plural = _("trusted keys")
        ordering = ("purpose", "added_at")

    def __str__(self) -> str:
        return f"{self.purpose} {fingerprint(self.key_id)}"

    def verifying_key(self) -> VerifyingKey:
        return VerifyingKey(
            public=bytes.fromhex(self.public_key),
            purpose=self.purpose,
            owner=self.centre,
            revoked_at=self.revoked_at,
        )
