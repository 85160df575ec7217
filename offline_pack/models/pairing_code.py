from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.models import Telecentre

MAX_TRIES = 10
LIFETIME = timedelta(hours=24)


def _expiry() -> object:
    return timezone.now() + LIFETIME


class PairingCode(models.Model):
    """An invitation for one device of one telecentre. The code itself is shown once, not kept.

    ``lookup`` is its first four characters; ``verifier`` is what scrypt makes of the whole
    (docs/reference/sync-protocol.md, Pairing).
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    lookup = models.CharField(max_length=4, unique=True)
    verifier = models.BinaryField(max_length=32)
    telecentre = models.ForeignKey(
        Telecentre, models.CASCADE, related_name="pairing_codes", verbose_name=_("telecentre")
    )
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), default=_expiry)
    used_by = models.CharField(max_length=64, blank=True)  # key id of the device it paired
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("pairing code")
        verbose_name_plural = _("pairing codes")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.lookup}…"

    @property
    def is_open(self) -> bool:
        return self.tries < MAX_TRIES and self.expires_at > timezone.now()
