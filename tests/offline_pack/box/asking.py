"""A device that asks without a code, as the centre meets it; and offers as a centre makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pyrage

from lms.fact import canonical_text
from lms.identifiers import new_id
from offline_pack.box.asks import digest_of_ask, encode_ask, offer_path, payload_of_ask
from offline_pack.box.container import seal_answer, unseal_answer
from offline_pack.format.signing import SYNC, SigningKey
from offline_pack.pairing.asking import own_request_body
from offline_pack.pairing.codes import certificate
from offline_pack.trust.keys import own_key, own_keys


@dataclass
class Asker:
    key: SigningKey = field(default_factory=SigningKey.generate)
    identity: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)
    device: UUID = field(default_factory=new_id)
    nonce: str = "00" * 16

    @property
    def age(self) -> str:
        return str(self.identity.to_public())

    def body(self, **changes: object) -> bytes:
        document = {
            "kind": "yelen-pairing/1",
            "proto": [1],
            "device": self.device.hex,
            "name": "boitier",
            "key": self.key.public.hex(),
            "age": self.age,
            "nonce": self.nonce,
            "sw": "1",
        }
        return canonical_text(document | changes).encode()

    def data(self, **changes: object) -> bytes:
        return encode_ask(self.body(**changes), key=self.key)

    def puts_on(self, stick: Path, data: bytes | None = None) -> Path:
        path = stick / "YELEN-OUT" / f"{self.device.hex}.yelenask"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.data() if data is None else data)
        return path

    def opens(self, data: bytes) -> dict:
        """The offer, checked by the sync key it names."""
        answer = unseal_answer(data, identities=[self.identity], name="x")
        from offline_pack.format.signing import VerifyingKey

        document = answer.document()
        key = VerifyingKey(bytes.fromhex(document["sync_key"]), SYNC)
        answer.check(key, asked=payload_of_ask(self.body()))
        return document


def put_offer(
    stick: Path,
    *,
    device,
    telecentre,
    asked: bytes | None = None,
    recipient: str = "",
    keys: list[SigningKey] | None = None,
    **changes: object,
) -> Path:
    """As the centre answers this machine's request, or ``asked``."""
    from offline_pack.trust.age_keys import own_recipient

    body = own_request_body() if asked is None else asked
    document = {
        **certificate(device, telecentre),
        "kind": "yelen-offer/1",
        "request": digest_of_ask(body),
        "key": own_key("device").public.hex(),
        "age": own_recipient(),
        "address": "",
        "down": [],
    }
    path = offer_path(stick, device.pk)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(
        seal_answer(
            document | changes,
            asked=payload_of_ask(body),
            keys=keys or own_keys(SYNC),
            recipients=[recipient or own_recipient()],
        )
    )
    return path
