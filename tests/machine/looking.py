"""Reads places as they are, for the ledger to be held against."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from uuid import UUID

from lms.fact import FIRST_HASH
from lms.models import Completion, Epoch, Learner, Statement
from offline_pack.models import QuarantinedFact
from tests.machine.ledger import Told

_TOLD = (
    "pk",
    "verb",
    "learner_id",
    "object_id",
    "course_id",
    "course_version",
    "wall_ms",
    "boot_id",
    "mono_ms",
    "clock_quality",
    "body_json",
)


def statements() -> dict[UUID, Told]:
    return {row[0]: row for row in Statement.objects.values_list(*_TOLD)}


def own_facts() -> set[UUID]:
    rows = Statement.objects.filter(epoch__device__is_self=True)
    return set(rows.values_list("pk", flat=True))


def aside() -> dict[UUID, str]:
    """Facts set aside and not released, with the reason; those that are held too left out."""
    rows = QuarantinedFact.objects.filter(released_at=None).values_list("line", "code")
    return {UUID(json.loads(bytes(line))["id"]): code for line, code in rows}


def streams() -> dict[UUID, list[int]]:
    """The places taken in each epoch, by statements and by facts set aside."""
    taken: dict[UUID, list[int]] = defaultdict(list)
    for model in (Statement, QuarantinedFact):
        rows = model.objects.all()
        if model is QuarantinedFact:  # a released one has its place as a statement, or is repeated
            held = set(Statement.objects.values_list("epoch_id", "sequence"))
            pairs = set(rows.values_list("epoch_id", "sequence")) - held
        else:
            pairs = set(rows.values_list("epoch_id", "sequence"))
        for epoch, sequence in pairs:
            taken[epoch].append(sequence)
    return taken


def chain_faults() -> list[str]:
    """Epochs whose hashes do not follow from their facts; those with facts set aside too."""
    faults = []
    lines = {
        (row.epoch_id, row.sequence): (bytes(row.line), bytes(row.chain_hash))
        for row in QuarantinedFact.objects.all()
    }
    for row in Statement.objects.all():
        line = json.dumps(row.fact().to_wire(), sort_keys=True, separators=(",", ":"))
        lines[row.epoch_id, row.sequence] = (line.encode(), bytes(row.chain_hash))
    for epoch in Epoch.objects.all():
        previous = FIRST_HASH
        for sequence in range(1, epoch.last_sequence + 1):
            line, told = lines[epoch.pk, sequence]
            previous = hashlib.sha256(previous + line).digest()
            if previous != told:
                faults.append(f"{epoch.pk} {sequence}")
                break
        if epoch.last_sequence and previous != bytes(epoch.last_hash):
            faults.append(f"{epoch.pk} last")
    return faults


def learners_of(telecentre: UUID) -> set[UUID]:
    rows = Learner.objects.active().of_telecentre(telecentre)
    return set(rows.values_list("pk", flat=True))


def completions() -> set[tuple[UUID, str, UUID]]:
    return set(Completion.objects.values_list("learner_id", "kind", "object_id"))
