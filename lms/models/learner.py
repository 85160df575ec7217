from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id
from lms.models.organisation import Organisation
from lms.models.telecentre import Telecentre


class Sex(models.TextChoices):
    FEMALE = "f", _("Woman")
    MALE = "m", _("Man")
    UNSAID = "", _("Prefers not to say")


PERSON = Coalesce("same_as_id", "id")
"""Of a row of this table: the id under which the person is shown."""


class LearnerQuerySet(models.QuerySet["Learner"]):
    def persons(self) -> Self:
        """Each person once, whichever ids they have."""
        return self.filter(same_as=None)

    def active(self) -> Self:
        """Persons who have not left under every id of theirs."""
        here = Learner.objects.filter(same_as=OuterRef("pk"), retired_at=None)
        return self.persons().filter(Q(retired_at=None) | Exists(here))

    def of_telecentre(self, telecentre_id: UUID) -> Self:
        """The rows of a telecentre, two of one person included."""
        return self.filter(telecentre_id=telecentre_id)

    def persons_at(self, telecentre_id: UUID | None) -> Self:
        """Each person who is registered at the telecentre, under whichever id."""
        if telecentre_id is None:
            return self.none()
        rows = Learner.objects.filter(telecentre_id=telecentre_id)
        return self.filter(pk__in=rows.values(person=PERSON))

    def in_group(self, cohort_id: UUID) -> Self:
        """Each person who is in the group, under whichever id."""
        rows = Learner.objects.filter(cohorts=cohort_id)
        return self.filter(pk__in=rows.values(person=PERSON))


class Learner(models.Model):
    """A person who learns; may have no user account.

    Somebody who was registered twice has two rows: ``same_as`` of all but one names that one.
    Sign-in, pages and conclusions know that one only; facts keep the id they were told under.

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
    same_as = models.ForeignKey(
        "self",
        models.SET_NULL,
        related_name="others",
        verbose_name=_("same person as"),
        null=True,
        blank=True,
        editable=False,
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
        indexes = [
            models.Index(
                fields=("same_as",), condition=Q(same_as__isnull=False), name="learners_merged"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person_id(self) -> UUID:
        """The id under which this person is shown here."""
        return self.same_as_id or self.pk

    def rows(self) -> QuerySet[Learner]:
        """This row and those of the same person: for subqueries."""
        return rows_of(self.pk)

    @property
    def has_pin(self) -> bool:
        """Under any id of theirs; reads ``others``, which lists prefetch."""
        return any(row.pin_hash for row in (self, *self.others.all()))

    @property
    def groups(self) -> list[Any]:
        """The groups of the person; reads ``cohorts`` and ``others__cohorts``."""
        groups = [group for row in (self, *self.others.all()) for group in row.cohorts.all()]
        return list(dict.fromkeys(groups))

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


def rows_of(person_id: UUID) -> QuerySet[Learner]:
    """The rows of one person; ``person_id`` is the id they are shown under."""
    return Learner.objects.filter(Q(pk=person_id) | Q(same_as=person_id)).order_by()
