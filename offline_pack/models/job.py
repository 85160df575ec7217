from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.identifiers import new_id


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")  # by a person; what it did so far is kept


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=(JobState.WAITING, JobState.RUNNING))


class Job(models.Model):
    """Long work that somebody asked for. This row, not the broker's message, is the truth.

    ``error`` is the name of the error's class and ``error_facts`` its attributes: the words come
    from ``offline_pack.words.explain`` when somebody reads them, in their language.
    """

    wagtail_reference_index_ignore = True  # people and machines are no content
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)  # a name in offline_pack.jobs
    params = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    bytes_done = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(default=0)
    bytes_per_second = models.PositiveBigIntegerField(default=0)  # lately; 0: not known
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=80, blank=True)
    error_facts = models.JSONField(default=dict)
    host = models.CharField(max_length=200, blank=True)  # the machine that runs it
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("state",), name="job_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        if self.state == JobState.DONE:
            return 1.0
        return min(self.bytes_done / self.bytes_total, 1.0) if self.bytes_total else 0.0

    @property
    def percent(self) -> int:
        return int(self.progress * 100)

    @property
    def seconds_left(self) -> int | None:
        """As it goes now; None while that is not known."""
        if self.state != JobState.RUNNING or not self.bytes_per_second:
            return None
        return max(self.bytes_total - self.bytes_done, 0) // self.bytes_per_second

    @property
    def can_resume(self) -> bool:
        """It ended before its work did, and the same work may be begun again."""
        return self.state in (JobState.FAILED, JobState.STOPPED)

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.STOPPED)
