from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.models.telecentre import Telecentre


class Role(models.TextChoices):
    TRAINER = "trainer", _("Trainer")
    MANAGER = "manager", _("Telecentre manager")
    COORDINATOR = "coordinator", _("Network coordinator")


class StaffProfile(models.Model):
    """What a user may do besides learning; a manager's telecentre bounds what they see."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="staff_profile",
        verbose_name=_("user account"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    telecentre = models.ForeignKey(
        Telecentre,
        models.PROTECT,
        related_name="staff",
        verbose_name=_("telecentre"),
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def clean(self) -> None:
        """A manager of no telecentre would see nobody, and learn nothing of why."""
        if self.role == Role.MANAGER and self.telecentre_id is None:
            words = _("Choose the telecentre this manager runs: without it they see nobody.")
            raise ValidationError({"telecentre": words})
