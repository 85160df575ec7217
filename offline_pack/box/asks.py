"""What a device asks without a code, and the centre's offer: their bytes, and their places."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from offline_pack.box.errors import AnswerForOthersError, BoxDamagedError, BoxNotFoundError
from offline_pack.box.names import IN, OUT, files_in, shown_name
from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import DEVICE, SigningKey, VerifyingKey
from offline_pack.sync.signing import (
    check_request,
    parse_authorization,
    request_payload,
    sign_request,
)
from offline_pack.transport import ASK_PATH
from offline_pack.trust.age_keys import usable_recipients

KIND = "yelen-pairing/1"
OFFER_KIND = "yelen-offer/1"
MAX_ASK = 16 * 1024  # bytes
ASK, OFFER = ".yelenask", ".yelenoffer"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request whose signature by its own key was found good."""

    document: dict[str, Any]
    body: bytes
    key: VerifyingKey
    device: UUID
    age: str

    @classmethod
    def kept(cls, body: bytes) -> Ask:
        """From bytes whose signature was good; raises for others what reading them raises."""
        document = json.loads(body)
        key = VerifyingKey(bytes.fromhex(document["key"]), DEVICE)
        (age,) = usable_recipients([document["age"]])
        if document["kind"] != KIND:
            raise ValueError("another kind")
        return cls(document, body, key, UUID(document["device"]), age)

    @property
    def digest(self) -> str:
        return digest_of_ask(self.body)


def payload_of_ask(body: bytes) -> bytes:
    """Never that of a request over HTTP, which begins with another word."""
    return request_payload("USB", ASK_PATH, body)


def digest_of_ask(body: bytes) -> str:
    """Names a request; the offer for it says which."""
    return hashlib.sha256(payload_of_ask(body)).hexdigest()


def encode_ask(body: bytes, *, key: SigningKey) -> bytes:
    return sign_request(key, payload_of_ask(body)).encode("ascii") + b"\n" + body


def decode_ask(data: bytes, *, name: str) -> Ask:
    """Raises ``BoxDamagedError`` for anything that is not a whole request."""
    head, _end, body = data.partition(b"\n")
    try:
        if len(data) > MAX_ASK:
            raise ValueError("too large")
        signed = parse_authorization(head.decode("ascii"))
        ask = Ask.kept(body)
        if ask.key.key_id != signed.key_id:
            raise ValueError("another key signed")
        check_request(ask.key, payload_of_ask(body), signed)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BoxDamagedError(name) from error
    except SignatureError as error:
        raise BoxDamagedError(name) from error
    return ask


def ask_path(stick: Path, device: UUID) -> Path:
    return stick / OUT / f"{device.hex}{ASK}"


def offer_path(stick: Path, device: UUID) -> Path:
    return stick / IN / f"{device.hex}{OFFER}"


def asks_at(place: Path) -> list[Path]:
    """A request itself, or those on a stick; raises ``BoxNotFoundError`` when there is none."""
    if place.is_file():
        return [place]
    found = [*files_in(place, ASK), *files_in(place / OUT, ASK)]
    if not found:
        raise BoxNotFoundError(str(place))
    return found


def offer_at(place: Path, device: UUID) -> Path:
    """The offer for that device.

    Raises ``AnswerForOthersError`` when there are offers for others only, ``BoxNotFoundError``.
    """
    if place.is_file():
        return place
    found = [*files_in(place, OFFER), *files_in(place / IN, OFFER)]
    for path in found:
        if path.name.lower() == f"{device.hex}{OFFER}":
            return path
    if found:
        raise AnswerForOthersError(shown_name(found[0]))
    raise BoxNotFoundError(str(place))
