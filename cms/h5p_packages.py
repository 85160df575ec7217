"""H5P exercises uploaded by trainers, ready to be chosen in lessons."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from courses.activities.h5p import H5PDefinition


class H5PPackage(index.Indexed, models.Model):
    """A checked package whose bytes are all in the blob store; ``definition`` plays it."""

    title = models.CharField(_("title"), max_length=200)
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    definition = models.JSONField(default=dict, editable=False)  # H5PDefinition
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("uploaded by"),
        null=True,
        editable=False,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("file_name"),
    ]

    class Meta:
        verbose_name = _("H5P exercise")
        verbose_name_plural = _("H5P exercises")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def parsed(self) -> H5PDefinition:
        return H5PDefinition.from_dict(self.definition)

    @property
    def library(self) -> str:
        """The kind of exercise, such as "H5P.MultiChoice 1.16"."""
        return self.parsed().main_library
