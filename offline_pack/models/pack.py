from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from offline_pack.choices import ALL, Choice, pack_name
from offline_pack.format.signing import fingerprint
from offline_pack.format.volumes import volume_name


class PackQuerySet(models.QuerySet["Pack"]):
    def whole(self) -> Self:
        """No deltas."""
        return self.filter(base_version=None)

    def on_offer(self) -> Self:
        """Neither withdrawn itself, nor of a course that is."""
        return self.filter(withdrawn_at=None, course__retired_at=None)


class Pack(models.Model):
    """A pack built here, kept under the packs folder for download.

    ``base_version`` is set for a delta: it needs what the pack ``base_sha256`` (a manifest's
    SHA-256) of that version brought.
    """

    wagtail_reference_index_ignore = True  # written by programs
    course = models.ForeignKey(
        Course, models.CASCADE, related_name="packs", verbose_name=_("course")
    )
    version = models.PositiveIntegerField(_("version"))  # of the course
    manifest_sha256 = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))  # bytes, of all volumes
    volumes = models.PositiveSmallIntegerField(default=1)  # files
    media = models.CharField(max_length=8, default=ALL)  # one of choices.MEDIA
    languages = models.CharField(max_length=200, blank=True)  # "fr mos"; empty: all
    base_version = models.PositiveIntegerField(null=True, blank=True)
    base_sha256 = models.CharField(max_length=64, blank=True)
    news = models.JSONField(default=dict)  # as the list that goes down has it: offered_news
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    withdrawn_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("withdrawn"), null=True, blank=True
    )

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ("course", "-version", "-created_at")
        permissions = [("withdraw_pack", _("Can withdraw packs"))]

    def __str__(self) -> str:
        return self.download_name

    @staticmethod
    def fields_of(choice: Choice) -> dict[str, str]:
        return {"media": choice.media, "languages": " ".join(sorted(choice.languages or ()))}

    @property
    def choice(self) -> Choice:
        languages = frozenset(self.languages.split()) if self.languages else None
        return Choice(languages, self.media)

    @property
    def download_name(self) -> str:
        return pack_name(
            self.course.slug,
            version=self.version,
            choice=self.choice,
            base_version=self.base_version,
        )

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key_id)

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """The name and the address of every volume."""
        return [
            (volume_name(self.download_name, number), self.address(volume=number))
            for number in range(self.volumes)
        ]

    def get_absolute_url(self) -> str:
        return self.address()

    def address(self, *, volume: int = 0) -> str:
        """Where a volume is downloaded; it names exact bytes, so it never changes meaning."""
        name = "yelen_offline_pack:download"
        place: list[str | int] = [self.manifest_sha256, self.course.slug, self.version]
        if volume:
            return reverse(f"{name}_volume", args=[*place, volume + 1])
        return reverse(name, args=place)


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
