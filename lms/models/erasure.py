from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """A tombstone: who this learner was is forgotten, here and wherever they were known.

    No foreign key: it outlives an old copy of the database in which the learner stands again.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    learner_id = models.UUIDField(primary_key=True)
    pseudonym = models.CharField(max_length=120)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ("-erased_at", "learner_id")

    def __str__(self) -> str:
        return self.pseudonym
