"""At a telecentre: put the next facts of a stream in an envelope."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db.models import F, Sum

from courses.outline import SCHEMA
from courses.software import software_version
from lms.clock import read_clock
from lms.fact import canonical_text
from lms.models import Epoch, Statement
from lms.streams import hash_at
from offline_pack.sync.envelope import GOOD_SIZE, Header, encode_batch
from offline_pack.sync.errors import BatchTooLargeError, DamagedStreamError
from offline_pack.sync.rotation import Rotation

MAX_INSTALLED = 200  # courses in one header, which holds 16 KiB
MAX_ERASED = 50  # learners in one header
MAX_STREAMS = 50  # in one header


@dataclass(frozen=True, slots=True)
class Outgoing:
    header: Header
    body: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """What every header of one exchange says."""

    device: UUID
    to: str  # key id of the centre's sync key
    have: Mapping[str, tuple[int, str]]
    installed: Mapping[UUID, int] = field(default_factory=dict)  # course -> version in use
    age: str = ""  # for whom answers on a stick are sealed
    told: int = 0  # facts in earlier batches of the same box
    skip: tuple[str, ...] = ()  # kinds of snapshot that came in this exchange already
    trouble: str = ""  # a code of docs/reference/sync-protocol.md
    erased: tuple[UUID, ...] = ()  # learners forgotten here whom the roster does not name
    rotate: Rotation | None = None  # new keys for this device
    cursors_seen: Mapping[UUID, int] = field(default_factory=dict)  # the newest streams first


def collect_batch(
    epoch: Epoch, *, sender: Sender, limit: int, after: int | None = None
) -> Outgoing:
    """The facts after those the centre holds, at most ``limit`` of them; maybe none.

    ``after`` counts those that lie in earlier batches of the same box as held.

    Raises ``DamagedStreamError`` when stored facts do not fit the chain any more, and
    ``BatchTooLargeError`` when a single one is too large to travel.
    """
    after = epoch.acknowledged if after is None else after
    # Learners go on: what came since ``epoch`` was read would look like another copy's story.
    some = Statement.objects.of_epoch(epoch.pk).filter(sequence__lte=epoch.last_sequence)
    rows = list(some.filter(sequence__gt=after)[:limit])
    previous = _hash_after(epoch, after)
    lines = _lines(rows, previous)
    while True:
        header = _header(epoch, rows[: len(lines)], after=after, previous=previous, sender=sender)
        body = encode_batch(header, lines)
        if len(body) <= GOOD_SIZE:
            return Outgoing(header, body)
        if len(lines) <= 1:
            raise BatchTooLargeError(f"fact {header.first_seq} is too large to be sent")
        lines = lines[: len(lines) // 2]


def waiting_facts() -> int:
    """How many facts made here the centre does not hold, as far as is known here."""
    waiting = Epoch.objects.filter(device__is_self=True).aggregate(
        facts=Sum(F("last_sequence") - F("acknowledged"))
    )
    return waiting["facts"] or 0


def _hash_after(epoch: Epoch, sequence: int) -> bytes:
    try:
        return hash_at(epoch, sequence)
    except Statement.DoesNotExist as error:
        raise DamagedStreamError(after=sequence) from error


def _lines(rows: list[Statement], previous: bytes) -> list[bytes]:
    lines = []
    for row in rows:
        lines.append(canonical_text(row.fact().to_wire()).encode("ascii"))
        previous = hashlib.sha256(previous + lines[-1]).digest()
        if previous != bytes(row.chain_hash):
            raise DamagedStreamError(after=row.sequence - 1)
    return lines


def _header(
    epoch: Epoch, rows: list[Statement], *, after: int, previous: bytes, sender: Sender
) -> Header:
    clock = read_clock()
    return Header(
        to=sender.to,
        device=sender.device,
        epoch=epoch.pk,
        first_seq=after + 1,
        n=len(rows),
        prev_h=previous,
        last_h=bytes(rows[-1].chain_hash) if rows else previous,
        left=max(waiting_facts() - sender.told - len(rows), 0),
        boot=clock.boot_id,
        mono=clock.mono_ms,
        wall=clock.wall_ms,
        clockq=int(clock.quality),
        software=software_version(),
        schema=SCHEMA,
        have=dict(sender.have),
        cursor_seen=epoch.acknowledged,
        age=sender.age,
        installed=dict(islice(sorted(sender.installed.items()), MAX_INSTALLED)),
        skip=sender.skip,
        trouble=sender.trouble,
        erased=sender.erased[:MAX_ERASED],
        rotate=sender.rotate,
        cursors_seen=dict(islice(sender.cursors_seen.items(), MAX_STREAMS)),
    )
