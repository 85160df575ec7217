from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from offline_pack.format.trust import SignedTrust, decode_trust


class TrustDocumentQuerySet(models.QuerySet["TrustDocument"]):
    def newest(self) -> SignedTrust | None:
        row = self.order_by("-version").first()
        return row.signed_trust() if row else None


class TrustDocument(models.Model):
    """What the centre says of its keys: at the centre issued here, at a telecentre accepted.

    An installation follows one centre: there is one row a version.
    """

    version = models.PositiveIntegerField(_("version"), primary_key=True)
    data = models.BinaryField()  # the exact bytes that travel
    held_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = TrustDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("trust document")
        verbose_name_plural = _("trust documents")
        ordering = ("version",)

    def __str__(self) -> str:
        return str(self.version)

    def signed_trust(self) -> SignedTrust:
        return decode_trust(bytes(self.data))
