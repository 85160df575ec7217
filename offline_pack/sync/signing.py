"""Who says what to whom: signatures and proofs of requests and answers."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import MAX_SIGNATURES, SigningKey, VerifyingKey

REQUEST_TYPE = "yelen-request/1"
ANSWER_TYPE = "yelen-answer/1"
SCHEME = "Yelen"
SIGNATURE_HEADER = "Yelen-Signature"
PROOF_HEADER = "Yelen-Proof"
_SIGNED = re.compile(r"([0-9a-f]{64}):([0-9a-f]{128})")


class UnsignedError(SignatureError):
    """There is no signature of the form asked for."""


@dataclass(frozen=True, slots=True)
class Signed:
    key_id: str
    signature: bytes

    def __str__(self) -> str:
        return f"{self.key_id}:{self.signature.hex()}"

    @classmethod
    def parse(cls, text: str) -> Signed:
        """Raises ``UnsignedError``."""
        found = _SIGNED.fullmatch(text.strip())
        if not found:
            raise UnsignedError("a key id and a signature are expected")
        return cls(found[1], bytes.fromhex(found[2]))


def request_payload(method: str, path: str, body: bytes) -> bytes:
    """``path`` with its query string, without host."""
    return f"{method}\n{path}\n{hashlib.sha256(body).hexdigest()}".encode()


def answer_payload(status: int, request: bytes, body: bytes) -> bytes:
    """``request`` is the payload of the request that is answered."""
    asked, said = hashlib.sha256(request).hexdigest(), hashlib.sha256(body).hexdigest()
    return f"{status}\n{asked}\n{said}".encode()


def sign_request(key: SigningKey, payload: bytes) -> str:
    """The value of the ``Authorization`` header."""
    return f"{SCHEME} {Signed(key.key_id, key.sign(REQUEST_TYPE, payload))}"


def parse_authorization(value: str) -> Signed:
    scheme, _space, signed = value.partition(" ")
    if scheme != SCHEME:
        raise UnsignedError("the request is not signed")
    return Signed.parse(signed)


def sign_answer(keys: Iterable[SigningKey], payload: bytes) -> str:
    """By each key of the centre, the one in use first: a device may know an older one only."""
    return ", ".join(str(Signed(key.key_id, key.sign(ANSWER_TYPE, payload))) for key in keys)


def check_request(key: VerifyingKey, payload: bytes, signed: Signed) -> None:
    """Raises ``SignatureError``."""
    key.verify(REQUEST_TYPE, payload, signed.signature)


def check_answer(key: VerifyingKey, payload: bytes, header: str) -> None:
    """Raises ``SignatureError``; an answer signed by other keys only is one too."""
    listed = [Signed.parse(item) for item in header.split(",", MAX_SIGNATURES)[:MAX_SIGNATURES]]
    fitting = [signed for signed in listed if signed.key_id == key.key_id]
    if not fitting:
        raise UnsignedError("another key signed")
    for signed in fitting:
        key.verify(ANSWER_TYPE, payload, signed.signature)


def prove(verifier: bytes, payload: bytes) -> str:
    """What only those who know the pairing code can write."""
    return hmac.new(verifier, payload, hashlib.sha256).hexdigest()


def is_proven(verifier: bytes, payload: bytes, proof: str) -> bool:
    return hmac.compare_digest(prove(verifier, payload).encode(), proof.encode())
