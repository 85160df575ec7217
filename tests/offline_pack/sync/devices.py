"""A telecentre's server as the centre meets it: it makes facts, batches and signed requests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from django.test import Client

from lms.fact import FIRST_HASH, Fact, canonical_text
from lms.identifiers import new_id
from lms.models import Device, Telecentre
from offline_pack.format.signing import SYNC, SigningKey, VerifyingKey
from offline_pack.models import DeviceKey
from offline_pack.sync.envelope import (
    ANSWER_CONTENT_TYPE,
    CONTENT_TYPE,
    Batch,
    Header,
    decode_answer,
    encode_batch,
)
from offline_pack.sync.signing import (
    answer_payload,
    check_answer,
    request_payload,
    sign_request,
)
from offline_pack.trust.keys import own_key

BOX = "/sync/v1/box"
BOOT = UUID(int=7)


@dataclass
class RemoteDevice:
    """Its stream is the list of lines, one fact each."""

    telecentre: Telecentre
    key: SigningKey = field(default_factory=SigningKey.generate)
    id: UUID = field(default_factory=new_id)
    epoch: UUID = field(default_factory=new_id)
    lines: list[bytes] = field(default_factory=list)

    def registered(self) -> RemoteDevice:
        """Known at the centre, as after a pairing."""
        device = Device.objects.create(id=self.id, telecentre=self.telecentre)
        DeviceKey.objects.create(
            key_id=self.key.key_id, public_key=self.key.public.hex(), device=device
        )
        return self

    @property
    def row(self) -> Device:
        return Device.objects.get(pk=self.id)

    def records(self, learner_id: UUID, *, verb: str = "seen", **changes: object) -> Fact:
        fact = make_fact(learner_id, sequence=len(self.lines) + 1, verb=verb, **changes)
        self.lines.append(line_of(fact))
        return fact

    def creates(self, name: str = "Issa Kaboré") -> Fact:
        learner_id = new_id()
        body = {"profile": {"name": name}}
        return self.records(
            learner_id,
            verb="learner_created",
            object_id=learner_id,
            course_id=None,
            course_version=0,
            body_json=canonical_text(body),
        )

    def hash_at(self, sequence: int) -> bytes:
        chain_hash = FIRST_HASH
        for line in self.lines[:sequence]:
            chain_hash = hashlib.sha256(chain_hash + line).digest()
        return chain_hash

    def batch(self, first: int = 1, last: int | None = None, **header: object) -> Batch:
        last = len(self.lines) if last is None else last
        lines = tuple(self.lines[first - 1 : last])
        made = Header(
            to=own_key(SYNC).key_id,
            device=self.id,
            epoch=self.epoch,
            first_seq=first,
            n=len(lines),
            prev_h=self.hash_at(first - 1),
            last_h=self.hash_at(last) if lines else self.hash_at(first - 1),
            left=len(self.lines) - last,
            boot=BOOT,
            mono=1,
            wall=1_760_000_000_000,
            clockq=0,
        )
        return Batch(replace(made, **header), lines)

    def body(self, first: int = 1, last: int | None = None, **header: object) -> bytes:
        batch = self.batch(first, last, **header)
        return encode_batch(batch.header, batch.lines)


@dataclass(frozen=True)
class Told:
    status: int
    document: dict


def make_fact(learner_id: UUID, *, sequence: int, verb: str = "seen", **changes: object) -> Fact:
    fields = {
        "id": new_id(),
        "sequence": sequence,
        "verb": verb,
        "v": 1,
        "learner_id": learner_id,
        "object_id": uuid4(),
        "course_id": UUID(int=5),
        "course_version": 1,
        "wall_ms": 1_760_000_000_000 + sequence,
        "boot_id": BOOT,
        "mono_ms": sequence,
        "clock_quality": 0,
        "body_json": "{}",
    }
    return Fact(**(fields | changes))


def line_of(fact: Fact) -> bytes:
    return canonical_text(fact.to_wire()).encode("ascii")


def post(
    body: bytes,
    *,
    key: SigningKey,
    path: str = BOX,
    content_type: str = CONTENT_TYPE,
    **extra: str,
) -> Told:
    """A signed request in this process; the answer's signature is checked."""
    payload = request_payload("POST", path, body)
    response = Client().post(
        path,
        data=body,
        content_type=content_type,
        **{"HTTP_AUTHORIZATION": sign_request(key, payload), **extra},
    )
    assert response["Content-Type"] == ANSWER_CONTENT_TYPE
    asked = payload if "CONTENT_LENGTH" not in extra else b""
    check_answer(
        VerifyingKey(own_key(SYNC).public, "sync"),
        answer_payload(response.status_code, asked, response.content),
        response["Yelen-Signature"],
    )
    return Told(response.status_code, decode_answer(response.content))
