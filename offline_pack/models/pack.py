from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from offline_pack.format.signing import fingerprint


class PackQuerySet(models.QuerySet["Pack"]):
    def on_offer(self) -> Self:
        """Neither withdrawn itself, nor of a course that is."""
        return self.filter(withdrawn_at=None, course__retired_at=None)


class Pack(models.Model):
    """A pack built here, kept under the packs folder for download."""

    wagtail_reference_index_ignore = True  # written by programs
    course = models.ForeignKey(
        Course, models.CASCADE, related_name="packs", verbose_name=_("course")
    )
    version = models.PositiveIntegerField(_("version"))  # of the course
    manifest_sha256 = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))  # bytes
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    withdrawn_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("withdrawn"), null=True, blank=True
    )

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ("course", "-version", "-created_at")

    def __str__(self) -> str:
        return self.download_name

    @property
    def download_name(self) -> str:
        return f"{self.course.slug}-v{self.version}.pack"

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key_id)

    def get_absolute_url(self) -> str:
        """Where it is downloaded; the address names exact bytes, so it never changes meaning."""
        return reverse(
            "yelen_offline_pack:download",
            args=[self.manifest_sha256, self.course.slug, self.version],
        )


class ReleaseQuerySet(models.QuerySet["Release"]):
    def newest_first(self) -> Self:
        return self.order_by("pack", "-rev")

    def kept(self) -> Self:
        return self.filter(is_kept=True)


class Release(models.Model):
    """A pack that was installed here: one version of one course.

    ``pack`` is the id of the pack line, which is the course's. The highest ``rev`` of a line is
    the floor below which no pack is accepted any more. The row stays when its files go.
    """

    pack = models.UUIDField()
    rev = models.PositiveIntegerField(_("version"))
    manifest_sha256 = models.CharField(max_length=64)
    course_sha256 = models.CharField(max_length=64)  # of the course document
    key_id = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))  # bytes of the pack
    released_at = models.DateTimeField(_("published"))
    installed_at = models.DateTimeField(_("installed"))
    is_kept = models.BooleanField(
        default=True, help_text="Its files are here, or ought to be: nobody may delete them."
    )
    boot_id = models.UUIDField(null=True, blank=True)  # of the boot in which it came in use last

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("installed pack")
        verbose_name_plural = _("installed packs")
        ordering = ("pack", "rev")
        constraints = [models.UniqueConstraint(fields=("pack", "rev"), name="one_row_per_release")]

    def __str__(self) -> str:
        return f"{self.pack} {self.rev}"
