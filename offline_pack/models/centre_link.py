from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.models import Telecentre
from offline_pack.format.signing import SYNC, VerifyingKey


class CentreLinkQuerySet(models.QuerySet["CentreLink"]):
    def current(self) -> CentreLink | None:
        """The centre this machine is paired with, if it is."""
        return self.select_related("telecentre").filter(is_current=True).first()

    def paired(self) -> Self:
        return self.filter(is_current=True)


class CentreLink(models.Model):
    """At a telecentre: the centre it is paired with, and how the last contact went.

    ``last_error`` is the name of an error's class and ``error_facts`` its attributes; the words
    come from ``offline_pack.sync.words`` when somebody reads them.
    """

    # Without a slash at the end; empty when the centre was met by stick alone.
    address = models.URLField(_("address of the centre"), blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    sync_key = models.CharField(max_length=64)  # public key in hex, pinned at pairing
    box_recipients = models.JSONField(default=list)  # age1…: for whom boxes are sealed
    telecentre = models.ForeignKey(Telecentre, models.PROTECT, related_name="+")
    is_current = models.BooleanField(default=True)
    # Since when the centre knows this machine's key, and when it ends: by the centre's clock.
    key_since = models.DateTimeField(null=True, blank=True)
    key_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    paired_at = models.DateTimeField(auto_now_add=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last sync"), null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)

    objects = CentreLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link with the centre")
        verbose_name_plural = _("links with the centre")
        constraints = [
            models.UniqueConstraint(
                fields=("is_current",), condition=Q(is_current=True), name="one_current_centre"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.address

    def verifying_key(self) -> VerifyingKey:
        return VerifyingKey(public=bytes.fromhex(self.sync_key), purpose=SYNC, owner=self.name)
