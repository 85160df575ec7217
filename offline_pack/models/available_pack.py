from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AvailablePack(models.Model):
    """At a telecentre: a pack that the centre offers, as of the last sync.

    ``offline_pack.sync.down.download_url`` says where to fetch it.
    """

    course_id = models.UUIDField(primary_key=True)
    slug = models.SlugField(max_length=80)
    title = models.CharField(_("title"), max_length=200)
    version = models.PositiveIntegerField(_("version"))
    size = models.PositiveBigIntegerField(_("size"))  # bytes
    manifest_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=300)  # below the centre's address
    volumes = models.PositiveSmallIntegerField(default=1)  # files
    # Lists of base_version, base_manifest_sha256, manifest_sha256, size (bytes), path, volumes.
    deltas = models.JSONField(default=list)
    news = models.JSONField(default=dict)  # offline_pack.offered_news reads it

    class Meta:
        verbose_name = _("available pack")
        verbose_name_plural = _("available packs")
        ordering = ("title",)

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"
