from __future__ import annotations

from django.db import models

from lms.models import Telecentre


class SnapshotKind(models.TextChoices):
    ROSTER = "roster"
    PACKS = "packs"
    TRUST = "trust"
    NOTICES = "notices"


class Snapshot(models.Model):
    """What a telecentre was last sent (at the centre), or last applied (at the telecentre)."""

    telecentre = models.ForeignKey(Telecentre, models.CASCADE, related_name="snapshots")
    kind = models.CharField(max_length=10, choices=SnapshotKind)
    version = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=32)
    document = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("telecentre", "kind"), name="one_snapshot_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
