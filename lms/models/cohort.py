from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id
from lms.models.learner import Learner
from lms.models.telecentre import Telecentre


class Cohort(models.Model):
    """A group that learns together at one telecentre."""

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120)
    telecentre = models.ForeignKey(
        Telecentre, models.PROTECT, related_name="cohorts", verbose_name=_("telecentre")
    )
    learners = models.ManyToManyField(
        Learner, related_name="cohorts", verbose_name=_("learners"), blank=True
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CohortCourse(models.Model):
    """A course the group follows. No foreign key: its pack may not be installed here yet."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="courses")
    course_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("cohort", "course_id"), name="course_once_a_cohort")
        ]
