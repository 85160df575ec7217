"""At the centre: boxes from a stick taken one by one, in any order, any number of times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Sum

from lms.models import Device, Epoch
from offline_pack.box.container import SignedBatch, open_box
from offline_pack.box.errors import BoxError
from offline_pack.box.names import boxes_at, read_bounded, shown_name
from offline_pack.format.errors import SignatureError
from offline_pack.models import PendingBatch
from offline_pack.sync.answering import answer_batch, note_heard
from offline_pack.sync.envelope import Header, decode_batch
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.pending import keep_pending
from offline_pack.sync.senders import known_sender
from offline_pack.sync.signing import parse_authorization, request_payload
from offline_pack.sync.snapshots import Have
from offline_pack.transport import BOX_PATH
from offline_pack.trust.age_keys import own_identities
from offline_pack.words.explain import Explanation, explain_error

HEALING = ("gap", "fork")  # refusals that the device heals by itself once it is answered


@dataclass(slots=True)
class Outcome:
    """What became of one box."""

    name: str
    telecentre: str = ""
    facts: int = 0  # newly held, those included that waited for this box
    pending: int = 0  # facts that wait for others to come first
    set_aside: int = 0
    refusal: str = ""  # a code of docs/reference/sync-protocol.md
    trouble: Explanation | None = None  # the file itself is not usable

    @property
    def is_good(self) -> bool:
        return not self.refusal and self.trouble is None


@dataclass(slots=True)
class Heard:
    """What a device is to be answered about."""

    device: Device
    have: Have = field(default_factory=dict)  # its snapshots, as it said
    epochs: set[UUID] = field(default_factory=set)
    seen: dict[UUID, int] = field(default_factory=dict)  # cursors of its streams, as it said
    rejected: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)  # "key" and "next", as answered


@dataclass(slots=True)
class Received:
    outcomes: list[Outcome] = field(default_factory=list)
    heard: dict[UUID, Heard] = field(default_factory=dict)  # by device


def receive_boxes(place: Path) -> Received:
    """Take every box there; raises ``BoxNotFoundError`` when there is none."""
    received = Received()
    identities = own_identities()
    for path in boxes_at(place):
        outcome = Outcome(shown_name(path))
        received.outcomes.append(outcome)
        try:
            batches = open_box(read_bounded(path), identities=identities, name=outcome.name)
        except BoxError as error:
            outcome.trouble = explain_error(error)
        else:
            _take(batches, outcome, received.heard)
    return received


def _take(batches: Iterable[SignedBatch], outcome: Outcome, heard: dict[UUID, Heard]) -> None:
    for batch in batches:
        try:
            _take_one(batch, outcome, heard)
        except RefusalError as refusal:
            outcome.refusal = refusal.code
            return


def _take_one(batch: SignedBatch, outcome: Outcome, heard: dict[UUID, Heard]) -> None:
    try:
        signed = parse_authorization(batch.authorization)
    except SignatureError as error:
        raise RefusalError(401, "bad_signature") from error
    key = known_sender(signed, request_payload("POST", BOX_PATH, batch.body))
    outcome.telecentre = str(key.device.telecentre or key.device)
    before = _held(key.device)
    try:
        answer = answer_batch(batch.body, key=key)
    except RefusalError as refusal:
        if refusal.code not in HEALING:
            raise
        # The answer tells the device how far we hold the stream; it heals from there.
        waiting = decode_batch(batch.body)
        _note(heard, key.device, waiting.header)
        note_heard(key.device)
        if refusal.code == "fork":
            raise
        if waiting.header.n and keep_pending(waiting, batch.body, device=key.device):
            outcome.pending += waiting.header.n
        return
    outcome.facts += _held(key.device) - before
    outcome.set_aside += len(answer["rejected"])
    heard_of = _note(heard, key.device, decode_batch(batch.body).header)
    heard_of.keys |= {name: answer[name] for name in ("key", "next") if name in answer}
    heard_of.rejected += [{"epoch": answer["epoch"], **item} for item in answer["rejected"]]


def _note(heard: dict[UUID, Heard], device: Device, header: Header) -> Heard:
    known = heard.setdefault(device.pk, Heard(device))
    known.have, known.seen = header.have, header.cursors_seen
    known.epochs.add(header.epoch)
    return known


def _held(device: Device) -> int:
    found = Epoch.objects.filter(device=device).aggregate(facts=Sum("last_sequence"))
    return found["facts"] or 0


def waiting_at_centre() -> int:
    """Facts from sticks that wait for others to come first."""
    found = PendingBatch.objects.filter(refusal="").aggregate(facts=Sum("facts"))
    return found["facts"] or 0
