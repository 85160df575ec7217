"""Ed25519 signatures over DSSE's pre-authentication encoding, and who is believed for what.

Used for packs, and for anything else that must be known to come from a certain key: the type of
what is signed is part of what is signed, so a signature can never serve for something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from offline_pack.format import strictjson
from offline_pack.format.errors import (
    BadSignatureError,
    MalformedSignatureError,
    RevokedKeyError,
    StrictJSONError,
    UnknownKeyError,
    WrongPurposeError,
)

PACKS = "packs"
SYNC = "sync"
DEVICE = "device"

MAX_ENVELOPE = 64 * 1024
MAX_SIGNATURES = 16
KEY_BYTES = 32
SIGNATURE_BYTES = 64


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are really signed (DSSE 1.0, protocol.md, PAE)."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def key_id(public: bytes) -> str:
    """SHA-256 of the 32 raw bytes of a public key, in hex."""
    return hashlib.sha256(public).hexdigest()


def fingerprint(key_id: str) -> str:
    """The start of a key id, in fours, for people to compare."""
    return " ".join(key_id[place : place + 4] for place in range(0, 16, 4))


class SigningKey:
    """A private key. Its 32 raw bytes (``seed``) are all there is to keep."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def seed(self) -> bytes:
        return self._private.private_bytes_raw()

    def sign(self, payload_type: str, payload: bytes) -> bytes:
        """64 bytes; the same input always gives the same signature (RFC 8032)."""
        return self._private.sign(pae(payload_type, payload))


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key somebody here decided to believe, for one purpose."""

    public: bytes  # 32 raw bytes
    purpose: str  # "packs", "sync", "device"
    owner: str = ""  # shown to people, e.g. the centre's name
    revoked_at: datetime | None = None

    @property
    def key_id(self) -> str:
        return key_id(self.public)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key_id)

    def verify(self, payload_type: str, payload: bytes, signature: bytes) -> None:
        """Raise ``BadSignatureError`` unless this key signed exactly that."""
        try:
            public = Ed25519PublicKey.from_public_bytes(self.public)
            public.verify(signature, pae(payload_type, payload))
        except (InvalidSignature, ValueError) as error:
            raise BadSignatureError(self.key_id) from error


class TrustedKeys:
    """The keys a reader believes, by id."""

    def __init__(self, keys: Iterable[VerifyingKey] = ()) -> None:
        self._keys = {key.key_id: key for key in keys}

    def __iter__(self) -> Iterator[VerifyingKey]:
        return iter(self._keys.values())

    def get(self, key_id: str) -> VerifyingKey | None:
        return self._keys.get(key_id)

    def with_documents(self, documents: Iterable[bytes]) -> TrustedKeys:
        """The keys believed once the trust documents of a pack are; here, no matter which."""
        return self


@dataclass(frozen=True, slots=True)
class Signature:
    key_id: str
    signature: bytes  # 64 bytes


def signed_by(payload_type: str, payload: bytes, keys: Iterable[SigningKey]) -> list[Signature]:
    """One signature for each key, ordered by key id."""
    ordered = sorted(keys, key=lambda key: key.key_id)
    return [Signature(key.key_id, key.sign(payload_type, payload)) for key in ordered]


def encode_signatures(signatures: Iterable[Signature]) -> list[dict[str, str]]:
    return [{"keyid": item.key_id, "sig": item.signature.hex()} for item in signatures]


def encode_envelope(signatures: Iterable[Signature]) -> bytes:
    """The bytes of a ``META/pack.sig``."""
    return strictjson.canonical({"signatures": encode_signatures(signatures)})


def decode_envelope(data: bytes) -> list[Signature]:
    """Read a ``META/pack.sig``; only its canonical bytes are accepted."""
    try:
        document = strictjson.loads(data, max_size=MAX_ENVELOPE, max_depth=4, max_values=200)
    except StrictJSONError as error:
        raise MalformedSignatureError(error.reason) from error
    signatures = decode_signatures(document.get("signatures"))
    if encode_envelope(signatures) != data:
        raise MalformedSignatureError("it is not written in the canonical way")
    return signatures


def decode_signatures(value: Any) -> list[Signature]:
    """Read the list of ``{"keyid", "sig"}``; raises ``MalformedSignatureError``."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_SIGNATURES:
        raise MalformedSignatureError("a list of signatures is expected")
    signatures = [_decode_signature(item) for item in value]
    if len({item.key_id for item in signatures}) != len(signatures):
        raise MalformedSignatureError("a key stands twice")
    return signatures


def check_signatures(
    payload_type: str,
    payload: bytes,
    signatures: Iterable[Signature],
    *,
    trusted: TrustedKeys,
    purpose: str,
) -> VerifyingKey:
    """The trusted key that signed; raises a ``SignatureError`` that says what is wrong.

    Every signature by a key we know must fit, even when another one is enough.
    """
    listed = list(signatures)
    known = [(key, item) for item in listed if (key := trusted.get(item.key_id))]
    if not known:
        raise UnknownKeyError(tuple(item.key_id for item in listed))
    for key, item in known:
        key.verify(payload_type, payload, item.signature)
    right = [key for key, _ in known if key.purpose == purpose]
    if not right:
        raise WrongPurposeError(known[0][0].key_id, purpose=known[0][0].purpose, needed=purpose)
    for key in right:
        if key.revoked_at is None:
            return key
    assert right[0].revoked_at is not None  # noqa: S101 - narrows for the type checker
    raise RevokedKeyError(right[0].key_id, revoked_at=right[0].revoked_at)


def _decode_signature(value: Any) -> Signature:
    if not isinstance(value, dict) or value.keys() != {"keyid", "sig"}:
        raise MalformedSignatureError("a key id and a signature are expected")
    signature = _from_hex(value["sig"], size=SIGNATURE_BYTES)
    return Signature(_from_hex(value["keyid"], size=KEY_BYTES).hex(), signature)


def _from_hex(value: Any, *, size: int) -> bytes:
    if (
        not isinstance(value, str)
        or len(value) != 2 * size
        or set(value) - set("0123456789abcdef")
    ):
        raise MalformedSignatureError(f"{2 * size} lower-case hexadecimal characters are expected")
    return bytes.fromhex(value)
