"""Reads places as they are, for the ledger to be held against."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from uuid import UUID

from django.db import connection

from lms.fact import FIRST_HASH
from lms.models import Attempt, Completion, Enrolment, Epoch, Erasure, Learner, Statement
from offline_pack.models import QuarantinedFact
from offline_pack.sync.envelope import MalformedBatchError, decode_batch
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


def aside_for(code: str) -> set[UUID]:
    """Those set aside for this reason; told again, a fact may be set aside for another as well."""
    rows = QuarantinedFact.objects.filter(released_at=None, code=code)
    return {UUID(json.loads(bytes(line))["id"]) for line in rows.values_list("line", flat=True)}


def streams() -> dict[UUID, list[int]]:
    """The places taken in each epoch, by statements and by facts set aside, released or not."""
    taken: dict[UUID, list[int]] = defaultdict(list)
    places = set(Statement.objects.order_by().values_list("epoch_id", "sequence"))
    places.update(QuarantinedFact.objects.order_by().values_list("epoch_id", "sequence"))
    for epoch, sequence in places:
        taken[epoch].append(sequence)
    return taken


def chain_faults(*, forgotten: Collection[UUID]) -> list[str]:
    """Epochs whose hashes do not follow from their facts; those with facts set aside too.

    A fact that lost the name of somebody forgotten does not fit its hash, which stays.
    """
    faults = []
    marks = [learner.hex.encode() for learner in forgotten]
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
            if previous != told and any(mark in line for mark in marks):
                previous = told
            if previous != told:
                faults.append(f"{epoch.pk} {sequence}")
                break
        if epoch.last_sequence and previous != bytes(epoch.last_hash):
            faults.append(f"{epoch.pk} last")
    return faults


def learners_of(telecentre: UUID) -> set[UUID]:
    """Those who have not left, each id of a person for itself."""
    rows = Learner.objects.filter(retired_at=None).of_telecentre(telecentre)
    return set(rows.values_list("pk", flat=True))


def forgotten() -> set[UUID]:
    return set(Erasure.objects.values_list("pk", flat=True))


def persons() -> dict[UUID, UUID]:
    """Those who have several ids here -> the one shown."""
    return dict(Learner.objects.exclude(same_as=None).values_list("pk", "same_as"))


def footing() -> int:
    """A number that is another when anything is that figures rest on, or a figure."""
    models = (Learner, Statement, Enrolment, Attempt, Completion)
    found = []
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608 - its own name
            found.append(tuple(cursor.fetchall()))
    return hash(tuple(found))


def figures() -> set[tuple[object, ...]]:
    """All that was concluded, without the numbers of the rows."""
    found: set[tuple[object, ...]] = set()
    for model in (Enrolment, Attempt, Completion):
        names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
        found |= {(model, *map(str, row)) for row in model._default_manager.values_list(*names)}
    return found


@cache
def _tables() -> list[str]:
    """The same in every database."""
    return connection.introspection.table_names()


def tables_with(words: Collection[str], *, prefix: str = "") -> set[str]:
    """Tables in which one of these stands, in a text or in bytes; in an envelope as well."""
    found = set()
    with connection.cursor() as cursor:
        for table in (name for name in _tables() if name.startswith(prefix)):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own name
            for row in cursor.fetchall():
                text = "\n".join(map(_text, row))
                if any(word in text for word in words):
                    found.add(table)
    return found


def _text(value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    told = bytes(value)
    with suppress(MalformedBatchError):
        told = b"\n".join(decode_batch(told).lines)
    return told.decode("utf-8", "replace")


def completions() -> set[tuple[UUID, str, UUID]]:
    return set(Completion.objects.values_list("learner_id", "kind", "object_id"))
