"""The centre's public keys as a file on a stick: docs/reference/pack-format.md, The trust file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from offline_pack.conf import centre_name
from offline_pack.errors import TrustFileError
from offline_pack.format import strictjson
from offline_pack.format.errors import PackFormatError
from offline_pack.format.signing import (
    KEY_BYTES,
    PACKS,
    SYNC,
    SigningKey,
    TrustedKeys,
    VerifyingKey,
    check_signatures,
    decode_signatures,
    encode_signatures,
    fingerprint,
    signed_by,
)
from offline_pack.keys import has_own_key, own_key
from offline_pack.models import TrustedKey

FORMAT = "yelentrust"
PAYLOAD_TYPE = "yelentrust/1"
MAX_SIZE = 64 * 1024  # bytes
MAX_KEYS = 16
PURPOSES = (PACKS, SYNC)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a centre says of its own keys."""

    centre: str
    keys: tuple[VerifyingKey, ...]
    revoked: tuple[str, ...] = ()  # key ids

    @property
    def fingerprint(self) -> str:
        """Of the packs key: what two people compare by telephone."""
        return fingerprint(next(key.key_id for key in self.keys if key.purpose == PACKS))


def own_trust() -> Trust:
    """This centre's keys; its packs key is made if there is none yet."""
    name = centre_name()
    own_key(PACKS)
    keys = {purpose: own_key(purpose) for purpose in PURPOSES if has_own_key(purpose)}
    revoked = TrustedKey.objects.exclude(revoked_at=None).order_by("key_id")
    return Trust(
        centre=name,
        keys=tuple(VerifyingKey(key.public, purpose, name) for purpose, key in keys.items()),
        revoked=tuple(revoked.values_list("key_id", flat=True)),
    )


def export_trust(to: Path) -> Trust:
    """Write this centre's trust file; it holds nothing secret."""
    trust = own_trust()
    keys = [own_key(key.purpose) for key in trust.keys]
    to.write_bytes(encode_trust(trust, keys))
    with to.open("rb") as written:
        os.fsync(written.fileno())
    return trust


def import_trust(path: Path) -> Trust:
    """Believe the keys in a trust file from now on; raises ``TrustFileError``."""
    try:
        if path.stat().st_size > MAX_SIZE:
            raise TrustFileError("it is too large")
        data = path.read_bytes()
    except OSError as error:
        raise TrustFileError(os.strerror(error.errno or 0)) from error
    trust = decode_trust(data)
    accept_trust(trust)
    return trust


@transaction.atomic
def accept_trust(trust: Trust) -> None:
    """Write the keys down, and what is revoked; a revoked key never comes back by itself."""
    for key in trust.keys:
        TrustedKey.objects.get_or_create(
            key_id=key.key_id,
            defaults={
                "public_key": key.public.hex(),
                "purpose": key.purpose,
                "centre": trust.centre,
            },
        )
    TrustedKey.objects.in_force().filter(key_id__in=trust.revoked).update(
        revoked_at=timezone.now()
    )


def encode_trust(trust: Trust, keys: list[SigningKey]) -> bytes:
    """The file's bytes, signed by each of ``keys``."""
    document = _document(trust)
    signatures = signed_by(PAYLOAD_TYPE, strictjson.canonical(document), keys)
    return strictjson.canonical(document | {"signatures": encode_signatures(signatures)})


def decode_trust(data: bytes) -> Trust:
    """Read a trust file: it must be whole, and signed by every key it lists."""
    try:
        document = strictjson.loads(data, max_size=MAX_SIZE, max_depth=5, max_values=500)
        signatures = decode_signatures(document.pop("signatures", None))
        trust = _parse(document)
        for key in trust.keys:
            check_signatures(
                PAYLOAD_TYPE,
                strictjson.canonical(document),
                signatures,
                trusted=TrustedKeys([key]),
                purpose=key.purpose,
            )
    except PackFormatError as error:
        raise TrustFileError(str(error)) from error
    return trust


def _document(trust: Trust) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "v": 1,
        "centre": trust.centre,
        "keys": [
            {"keyid": key.key_id, "public": key.public.hex(), "purpose": key.purpose}
            for key in trust.keys
        ],
        "revoked": list(trust.revoked),
    }


def _parse(document: dict[str, Any]) -> Trust:
    if document.get("format") != FORMAT or document.get("v") != 1:
        raise TrustFileError("it is not a trust file of version 1")
    centre, listed, revoked = (document.get(name) for name in ("centre", "keys", "revoked"))
    if not isinstance(centre, str) or not 1 <= len(centre) <= 200:  # noqa: PLR2004 - a column
        raise TrustFileError("the centre's name is missing")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_KEYS:
        raise TrustFileError("a list of keys is expected")
    if not isinstance(revoked, list) or not all(isinstance(key, str) for key in revoked):
        raise TrustFileError("a list of revoked keys is expected")
    keys = tuple(_parse_key(item, owner=centre) for item in listed)
    if PACKS not in {key.purpose for key in keys}:
        raise TrustFileError("it holds no key for packs")
    return Trust(centre=centre, keys=keys, revoked=tuple(revoked))


def _parse_key(value: Any, *, owner: str) -> VerifyingKey:
    if not isinstance(value, dict) or value.get("purpose") not in PURPOSES:
        raise TrustFileError("a key with its purpose is expected")
    public = value.get("public")
    if not isinstance(public, str) or len(public) != 2 * KEY_BYTES:
        raise TrustFileError("a public key is expected")
    try:
        key = VerifyingKey(bytes.fromhex(public), value["purpose"], owner)
    except ValueError as error:
        raise TrustFileError("a public key is expected") from error
    if key.key_id != value.get("keyid"):
        raise TrustFileError("a key id does not fit its key")
    return key
