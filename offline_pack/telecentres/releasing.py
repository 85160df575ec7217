"""At the centre: try a set-aside fact again, or decide that it stays aside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from lms.models import Epoch
from offline_pack.format.source import Progress
from offline_pack.jobs import register_job, start_job
from offline_pack.lrs.outbox import note_late
from offline_pack.models import Job, QuarantinedFact
from offline_pack.sync.folding import fill_what_folds
from offline_pack.sync.sorting import REPEATED, UNKNOWN_LEARNER, Sorted, sort_lines

RELEASE_JOB = "release"
AT_ONCE = 200  # facts released while a person waits; more is the worker's
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Released:
    used: int  # became statements, or were held already
    aside: int  # cannot be used today either


@transaction.atomic
def release_facts(ids: Iterable[int], *, user: AbstractUser | None = None) -> Released:
    """Try facts again as if they came now; each becomes a statement once, whoever asks twice.

    What the device was (stolen) is forgiven; what the fact says is not. One that is still
    unusable waits on, with the reason it has now.
    """
    wanted = QuarantinedFact.objects.filter(pk__in=list(ids))
    streams = Epoch.objects.filter(pk__in=wanted.values("epoch"))
    locked = streams.select_for_update(of=("self",)).select_related("device").order_by("pk")
    epochs = {epoch.pk: epoch for epoch in locked}
    rows = wanted.filter(released_at=None).order_by("epoch_id", "sequence")
    used = aside = 0
    for epoch_id, run in groupby(rows, key=lambda row: row.epoch_id):
        found = list(run)
        tried = _tried(epochs[epoch_id], found)
        used += _note(found, tried, user=user)
        aside += len(found)
    return Released(used=used, aside=aside - used)


def release_reason(
    code: str,
    *,
    telecentre_id: UUID | None,
    user: AbstractUser | None = None,
    progress: Progress | None = None,
) -> Released:
    """Try all that wait for this reason, chunk by chunk in the order of their streams."""
    waiting = QuarantinedFact.objects.waiting().filter(
        code=code, epoch__device__telecentre=telecentre_id
    )
    ids = list(waiting.order_by("epoch_id", "sequence").values_list("pk", flat=True))
    used = 0
    for first in range(0, len(ids), CHUNK):
        chunk = ids[first : first + CHUNK]
        used += release_facts(chunk, user=user).used
        if progress:
            progress(first + len(chunk), len(ids))
    return Released(used=used, aside=len(ids) - used)


def release_for(learners: Collection[UUID]) -> Released:
    """Try what waited for these learners, who were unknown; nothing that a thief may have made."""
    waiting = QuarantinedFact.objects.waiting().filter(
        code=UNKNOWN_LEARNER, learner_id__in=learners, epoch__device__stolen_at=None
    )
    return release_facts(waiting.values_list("pk", flat=True))


def start_release(code: str, *, telecentre_id: UUID | None, user: Any) -> Job:
    """The same in the worker."""
    place = str(telecentre_id) if telecentre_id else None
    return start_job(RELEASE_JOB, {"code": code, "telecentre": place}, user=user)


def keep_aside(fact: QuarantinedFact, *, note: str, user: AbstractUser) -> None:
    """It was looked at and stays where it is; it can still be released later."""
    QuarantinedFact.objects.filter(pk=fact.pk, released_at=None).update(
        kept_at=timezone.now(), note=note, decided_by=user
    )


def _tried(epoch: Epoch, rows: Sequence[QuarantinedFact]) -> list[Sorted]:
    lines = [(row.sequence, bytes(row.line), bytes(row.chain_hash)) for row in rows]
    tried = sort_lines(lines, device=epoch.device)
    usable = [item for item in tried if item.fact]
    folded = {item.sequence: item for item in fill_what_folds(epoch, usable)}
    note_late([item.fact.id for item in folded.values() if item.fact])
    return [folded.get(item.sequence, item) for item in tried]


def _note(
    rows: Sequence[QuarantinedFact], tried: Sequence[Sorted], *, user: AbstractUser | None
) -> int:
    """Write down what came of it; return how many need no more looking at."""
    now, used = timezone.now(), 0
    for row, item in zip(rows, tried, strict=True):
        row.decided_by_id = user.pk if user else None
        row.code = item.code or row.code
        if item.fact or item.code == REPEATED:
            row.released_at, used = now, used + 1
    QuarantinedFact.objects.bulk_update(rows, ("code", "released_at", "decided_by"))
    return used


def _work(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    place = UUID(params["telecentre"]) if params["telecentre"] else None
    done = release_reason(params["code"], telecentre_id=place, progress=progress)
    return {"used": done.used, "aside": done.aside}


register_job(RELEASE_JOB, _work)
