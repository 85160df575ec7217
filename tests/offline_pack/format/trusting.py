"""Trust documents of a centre with keys that are the same in every run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from offline_pack.format.signing import PACKS, SYNC, SigningKey, VerifyingKey
from offline_pack.format.trust import SignedTrust, sign_trust
from offline_pack.format.trust_document import ROOT, Root, Trust

CENTRE = "Réseau de test"
A, B, C, D = (SigningKey(bytes([number]) * 32) for number in (0xA1, 0xA2, 0xA3, 0xA4))
PACKS_KEY, NEW_PACKS_KEY = SigningKey(b"\x03" * 32), SigningKey(b"\x33" * 32)
SYNC_KEY = SigningKey(b"\x04" * 32)


def root_of(*keys: SigningKey, threshold: int = 1) -> Root:
    return Root(threshold, tuple(VerifyingKey(key.public, ROOT, CENTRE) for key in keys))


def packs_key(key: SigningKey) -> VerifyingKey:
    return VerifyingKey(key.public, PACKS, CENTRE)


TRUST = Trust(
    version=1,
    centre=CENTRE,
    issued_at=datetime(2026, 2, 3, tzinfo=UTC),
    root=root_of(A),
    keys=(packs_key(PACKS_KEY), VerifyingKey(SYNC_KEY.public, SYNC, CENTRE)),
)


def signed(*keys: SigningKey, **changes: object) -> SignedTrust:
    """A document like ``TRUST`` but for ``changes``, by these root keys."""
    return sign_trust(replace(TRUST, **changes), keys or (A,))
