"""The bytes of a box and of an answer: framed, compressed, sealed. No Django, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyrage

from lms.fact import canonical_text
from offline_pack.box.errors import AnswerForOthersError, BoxDamagedError, BoxForOthersError
from offline_pack.format.errors import PackFormatError
from offline_pack.format.signing import SigningKey, VerifyingKey
from offline_pack.format.strictjson import loads
from offline_pack.sync.envelope import (
    MAX_BODY,
    MalformedBatchError,
    compress,
    decode_answer,
    encode_answer,
    expand,
    whole,
)
from offline_pack.sync.signing import answer_payload, check_answer, sign_answer

KIND = "yelen-box/1"
MAX_BOX = 64 * 1024 * 1024  # bytes, sealed or open
MAX_BATCHES = 2000
_MAX_HEAD = 1024 * 1024
_NO_MATCH = "No matching keys found"
_OK = 200

Identities = Sequence[pyrage.x25519.Identity]


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A request as it would travel over HTTP."""

    authorization: str
    body: bytes


def seal_box(batches: Sequence[SignedBatch], *, recipients: Iterable[str]) -> bytes:
    listed = [{"authorization": item.authorization, "size": len(item.body)} for item in batches]
    head = canonical_text({"kind": KIND, "batches": listed}).encode("ascii")
    return _seal(compress(b"\n".join((head, b"".join(item.body for item in batches)))), recipients)


def open_box(data: bytes, *, identities: Identities, name: str) -> list[SignedBatch]:
    """The requests inside, believed by nobody yet.

    Raises ``BoxDamagedError``, or ``BoxForOthersError``.
    """
    try:
        raw = expand(_unseal(data, identities, name), limit=MAX_BOX)
        head, found, rest = raw.partition(b"\n")
        if not found:
            raise MalformedBatchError("no head")
        document = loads(head, max_size=_MAX_HEAD, max_depth=4, max_values=4 * MAX_BATCHES)
        return list(_batches(document, rest))
    except (MalformedBatchError, PackFormatError, KeyError, TypeError, ValueError) as error:
        raise BoxDamagedError(name) from error


def seal_answer(
    document: dict[str, Any],
    *,
    asked: bytes,
    keys: Iterable[SigningKey],
    recipients: Iterable[str],
) -> bytes:
    """``asked`` is the payload of what is answered: only whoever asked that is to believe it."""
    body = encode_answer(document)
    signed = sign_answer(keys, answer_payload(_OK, asked, body))
    return _seal(signed.encode("ascii") + b"\n" + body, recipients)


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """An answer that was opened, believed by nobody yet."""

    name: str
    body: bytes
    signed: str  # as in the header of an answer over HTTP

    def document(self) -> dict[str, Any]:
        """To be asked once ``check`` found the signature good, unless the key is in it.

        Raises ``BoxDamagedError``.
        """
        try:
            return decode_answer(self.body)
        except MalformedBatchError as error:
            raise BoxDamagedError(self.name) from error

    def check(self, centre: VerifyingKey, *, asked: bytes) -> None:
        """Raises a ``SignatureError`` unless ``centre`` answered this to just that."""
        check_answer(centre, answer_payload(_OK, asked, self.body), self.signed)


def unseal_answer(data: bytes, *, identities: Identities, name: str) -> SealedAnswer:
    """Raises ``BoxDamagedError`` or ``AnswerForOthersError``."""
    try:
        signed, _end, body = _unseal(data, identities, name).partition(b"\n")
    except BoxForOthersError as error:
        raise AnswerForOthersError(name) from error
    return SealedAnswer(name, body, signed.decode("ascii", "replace"))


def asked_by_stick(device: str) -> bytes:
    """Stands where an HTTP answer names its request, which never begins like this."""
    return f"USB\n{device}".encode()


def _batches(document: dict[str, Any], rest: bytes) -> Iterable[SignedBatch]:
    if document["kind"] != KIND or len(document["batches"]) > MAX_BATCHES:
        raise MalformedBatchError("another kind of box")
    start = 0
    for item in document["batches"]:
        end = start + whole(item["size"], most=MAX_BODY)
        if end > len(rest):
            raise MalformedBatchError("a batch is cut short")
        yield SignedBatch(str(item["authorization"]), rest[start:end])
        start = end
    if start != len(rest):
        raise MalformedBatchError("something follows the last batch")


def _seal(data: bytes, recipients: Iterable[str]) -> bytes:
    keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    return bytes(pyrage.encrypt(data, keys))


def _unseal(data: bytes, identities: Identities, name: str) -> bytes:
    try:
        return bytes(pyrage.decrypt(data, list(identities)))
    except pyrage.DecryptError as error:
        if _NO_MATCH in str(error):
            raise BoxForOthersError(name) from error
        raise BoxDamagedError(name) from error
