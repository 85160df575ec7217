from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id
from lms.models.learner import Learner


class AliasQuerySet(models.QuerySet["Alias"]):
    def in_force(self) -> Self:
        return self.filter(undone_at=None)


class Alias(models.Model):
    """Somebody at the centre looked at two learners, and says whether they are one person.

    Who is one person follows from all rows that say so and are not undone
    (``lms.people.aliasing``), and is kept in ``Learner.same_as``. A row is never deleted: who
    decided what stays known.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey(Learner, models.CASCADE, related_name="+")  # the lower id
    other = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    decided_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = AliasQuerySet.as_manager()

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(
                fields=("one", "other"), condition=Q(undone_at=None), name="one_verdict_a_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.one_id} = {self.other_id}"
