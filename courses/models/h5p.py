from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast


class H5PLibraryQuerySet(models.QuerySet["H5PLibrary"]):
    def listed(self) -> Self:
        """With ``earlier_patch``, that of the one before; without the lists of files."""
        earlier = Cast(KT("previous__patch"), models.IntegerField())
        return self.annotate(earlier_patch=earlier).defer("metadata", "files", "previous")


class H5PLibrary(models.Model):
    """One H5P library in the shared store, with the patch version now in use.

    ``previous`` holds the row's last metadata, files and patch, to go back to.
    """

    machine_name = models.CharField(max_length=255)
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    patch = models.PositiveIntegerField()
    metadata = models.JSONField()  # library.json
    files = models.JSONField()  # path -> {sha256, size, media_type}
    previous = models.JSONField(null=True, blank=True)
    installed_at = models.DateTimeField()

    objects = H5PLibraryQuerySet.as_manager()

    class Meta:
        ordering = ("machine_name", "major", "minor")
        constraints = [
            models.UniqueConstraint(
                fields=("machine_name", "major", "minor"), name="one_row_per_library"
            )
        ]
        permissions = [("install_h5p_library", "Can install or update H5P libraries")]

    def __str__(self) -> str:
        return f"{self.machine_name} {self.major}.{self.minor}.{self.patch}"

    @property
    def earlier(self) -> str:
        """The version to go back to, of a row that was ``listed``."""
        return f"{self.major}.{self.minor}.{self.earlier_patch}"  # type: ignore[attr-defined]
