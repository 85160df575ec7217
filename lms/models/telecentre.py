from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id


class Telecentre(models.Model):
    """A place where people learn: telecentre, digital space, association's room."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    place = models.CharField(_("place"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    last_synced_at = models.DateTimeField(_("last sync"), null=True, blank=True)

    class Meta:
        verbose_name = _("telecentre")
        verbose_name_plural = _("telecentres")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
