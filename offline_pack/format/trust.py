"""What a centre says of its own keys, in numbered documents that its root keys sign.

Source: docs/reference/pack-format.md, The trust file. No clock is asked: order is the number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from offline_pack.format import strictjson
from offline_pack.format.errors import (
    SignatureError,
    StrictJSONError,
    TrustDocumentError,
    TrustForkError,
    TrustThresholdError,
)
from offline_pack.format.signing import (
    Signature,
    SigningKey,
    decode_signatures,
    encode_signatures,
    signed_by,
)
from offline_pack.format.trust_document import Root, Trust, parse_trust

PAYLOAD_TYPE = "yelentrust/1"
MAX_SIZE = 64 * 1024  # bytes of one document
MAX_CHAIN = 64  # documents
MAX_DEPTH = 8
MAX_VALUES = 4000


@dataclass(frozen=True, slots=True)
class SignedTrust:
    """A document as it travels: whole, and signed by enough of its own root keys."""

    trust: Trust
    content: bytes  # what is signed; unknown keys of the JSON object included
    signatures: tuple[Signature, ...]

    @property
    def version(self) -> int:
        return self.trust.version

    @property
    def data(self) -> bytes:
        """The bytes of the document: canonical JSON."""
        document = strictjson.loads(self.content, max_size=MAX_SIZE)
        return strictjson.canonical(document | {"signatures": encode_signatures(self.signatures)})

    def signed_by(self, root: Root) -> int:
        """How many keys of ``root`` signed; raises ``TrustDocumentError`` for a wrong one."""
        keys = {key.key_id: key for key in root.keys}
        signers = set()
        for item in self.signatures:
            if key := keys.get(item.key_id):
                try:
                    key.verify(PAYLOAD_TYPE, self.content, item.signature)
                except SignatureError as error:
                    raise TrustDocumentError(str(error)) from error
                signers.add(item.key_id)
        return len(signers)

    def check_threshold(self, root: Root) -> None:
        """Raises ``TrustThresholdError`` unless enough keys of ``root`` signed."""
        signed = self.signed_by(root)
        if signed < root.threshold:
            raise TrustThresholdError(version=self.version, signed=signed, needed=root.threshold)


@dataclass(frozen=True, slots=True)
class Followed:
    accepted: tuple[SignedTrust, ...]  # in order; the last one holds from now on
    strangers: tuple[SignedTrust, ...]  # newer, and signed by no root key held


def sign_trust(trust: Trust, keys: Iterable[SigningKey]) -> SignedTrust:
    """Raises ``TrustError`` when these keys are not enough, or the content breaks a rule."""
    content = strictjson.canonical(trust.document())
    signers = {key.key_id: key for key in keys}
    signatures = tuple(signed_by(PAYLOAD_TYPE, content, signers.values()))
    document = trust.document() | {"signatures": encode_signatures(signatures)}
    return decode_trust(strictjson.canonical(document))


def decode_trust(data: bytes) -> SignedTrust:
    """Read one document; raises a ``TrustError`` unless it is whole by itself."""
    try:
        document = strictjson.loads(
            data, max_size=MAX_SIZE, max_depth=MAX_DEPTH, max_values=MAX_VALUES
        )
        if strictjson.canonical(document) != data:
            raise TrustDocumentError("it is not written in the canonical way")
        signatures = decode_signatures(document.pop("signatures", None))
    except (StrictJSONError, SignatureError) as error:
        raise TrustDocumentError(str(error)) from error
    content = strictjson.canonical(document)
    signed = SignedTrust(parse_trust(document), content, tuple(signatures))
    signed.check_threshold(signed.trust.root)
    return signed


def bounded(documents: Iterable[bytes]) -> list[SignedTrust]:
    """Read the documents of a chain; raises a ``TrustError`` for one too many or too large."""
    listed = list(documents)
    if len(listed) > MAX_CHAIN:
        raise TrustDocumentError(f"more than {MAX_CHAIN} documents")
    return [decode_trust(data) for data in listed]


def follow(held: SignedTrust, offered: Iterable[SignedTrust]) -> Followed:
    """The documents that lead on from the one held.

    Each must be signed by enough of the root keys held before it (that it is by enough of its
    own, ``decode_trust`` has seen to). Older ones are passed over. Raises ``TrustForkError`` for
    a second content under a number, ``TrustThresholdError`` for too few signatures.
    """
    accepted, strangers = [], []
    for document in sorted(offered, key=lambda item: item.version):
        if document.version < held.version or document.content == held.content:
            continue
        if not document.signed_by(held.trust.root):
            strangers.append(document)
            continue
        if document.version == held.version:
            raise TrustForkError(version=held.version)
        document.check_threshold(held.trust.root)
        accepted.append(document)
        held = document
    return Followed(tuple(accepted), tuple(strangers))


def chain_of(documents: Iterable[SignedTrust]) -> tuple[SignedTrust, ...]:
    """What somebody with any of these documents needs to come to the newest: oldest first.

    That is each one that changed the root keys, and the newest; at most ``MAX_CHAIN``.
    """
    ordered = sorted(documents, key=lambda item: item.version)
    needed = [
        document
        for before, document in pairwise(ordered)
        if before.trust.root != document.trust.root
    ]
    if ordered and ordered[-1] not in needed:
        needed.append(ordered[-1])
    return tuple(needed[-MAX_CHAIN:])
