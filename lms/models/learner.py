from __future__ import annotations

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id
from lms.models.organisation import Organisation
from lms.models.telecentre import Telecentre


class Sex(models.TextChoices):
    FEMALE = "f", _("Woman")
    MALE = "m", _("Man")
    UNSAID = "", _("Prefers not to say")


class LearnerQuerySet(models.QuerySet["Learner"]):
    def active(self) -> Self:
        return self.filter(retired_at=None)

    def of_telecentre(self, telecentre_id: UUID) -> Self:
        return self.filter(telecentre_id=telecentre_id)


class Learner(models.Model):
    """A person who learns; may have no user account.

    The PIN belongs to one machine: it is kept here only, never sent anywhere, and opens nothing
    at the centre.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120)
    telecentre = models.ForeignKey(
        Telecentre, models.PROTECT, related_name="learners", verbose_name=_("telecentre")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        related_name="learners",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="learner",
        verbose_name=_("user account"),
        null=True,
        blank=True,
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, default="fr")
    pin_hash = models.CharField(max_length=200, blank=True, editable=False)
    pin_failures = models.PositiveIntegerField(default=0, editable=False)
    pin_blocked_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    retired_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """Up to two letters for the coloured disc at sign-in."""
        words = self.name.split()
        return "".join(
            word[0] for word in (words[:1] + words[-1:] if words[1:] else words)
        ).upper()

    @property
    def tint(self) -> int:
        """0..7: which of the disc colours; the same on every machine."""
        return self.id.int % 8
