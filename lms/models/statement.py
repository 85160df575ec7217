from __future__ import annotations

import json
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.utils import timezone

from lms.fact import Fact
from lms.models.device import Epoch
from lms.moments import DAY


class Verb(models.TextChoices):
    """What happened. Text in the table: a verb unknown here is kept as it came."""

    REGISTERED = "registered"  # learner enrolled; object = course
    SEEN = "seen"  # object = lesson
    ATTEMPTED = "attempted"  # a try begins; object = activity; body: attempt
    ANSWERED = "answered"  # body: attempt, question, response, right
    COMPLETED = "completed"  # H5P: body: mode, attempt, scaled? ("0.8500"), success?, xapi?
    PROGRESSED = "progressed"  # H5P events that complete nothing; body: xapi
    OBSERVED = "observed"  # practical; body: levels {item: level}, observer, attempt?...
    LEARNER_CREATED = "learner_created"  # object = learner; body: profile {name, sex?, ...}


class StatementQuerySet(models.QuerySet["Statement"]):
    def of_epoch(self, epoch_id: UUID) -> Self:
        """In the order they were made, which no clock can tell."""
        return self.filter(epoch_id=epoch_id).order_by("sequence")


class Statement(models.Model):
    """One fact: never changed, never deleted. Written by ``lms.recording`` and ``lms.merging``.

    Learner, object and course are ids without foreign keys: a fact is never refused for lack of
    context. Clock columns are raw evidence; ``occurred_at`` and ``occurred_within_ms`` are what
    ``lms.placing`` makes of them, and move when more becomes known.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    epoch = models.ForeignKey(Epoch, models.PROTECT, related_name="statements")
    sequence = models.PositiveBigIntegerField()
    verb = models.CharField(max_length=40)
    v = models.PositiveSmallIntegerField(default=1)
    learner_id = models.UUIDField()
    object_id = models.UUIDField()
    course_id = models.UUIDField(null=True)
    course_version = models.PositiveIntegerField(default=0)
    wall_ms = models.BigIntegerField()
    boot_id = models.UUIDField()
    mono_ms = models.BigIntegerField()
    clock_quality = models.SmallIntegerField()
    body_json = models.TextField(default="{}")  # canonical text, see lms.fact
    chain_hash = models.BinaryField(max_length=32)
    occurred_at = models.DateTimeField()
    occurred_within_ms = models.BigIntegerField(default=0)  # the truth is not further away
    received_at = models.DateTimeField(default=timezone.now)

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("epoch", "sequence"), name="gapless_place_in_epoch")
        ]
        indexes = [
            models.Index(
                fields=("learner_id", "course_id", "course_version"), name="facts_of_learner"
            ),
            models.Index(fields=("object_id", "learner_id"), name="facts_of_object"),
            models.Index(fields=("course_id", "course_version"), name="facts_of_course"),
            models.Index(
                fields=("course_id", "learner_id"),
                condition=models.Q(occurred_within_ms__gt=DAY),
                name="facts_of_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.object_id}"

    @property
    def body(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body_json)
        return document

    def fact(self) -> Fact:
        """The compact form, for hashing and for the wire."""
        return Fact(**{name: getattr(self, name) for name in Fact.__dataclass_fields__})
