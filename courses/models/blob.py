from __future__ import annotations

from django.db import models


class Blob(models.Model):
    """What is known of stored bytes. The store on disk, not this row, says whether they exist."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)
    is_public = models.BooleanField(
        default=False,
        help_text="Part of a lesson any visitor may read; H5P content is not.",
    )

    def __str__(self) -> str:
        return self.sha256[:12]
