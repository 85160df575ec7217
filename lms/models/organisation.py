from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id


class Organisation(models.Model):
    """An association a learner belongs to; donors count each once."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=160)
    region = models.CharField(_("region"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
