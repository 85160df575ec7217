"""The content of a trust document: whose keys are to be believed, and for what.

Source: docs/reference/pack-format.md, The trust file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offline_pack.format import fields, strictjson
from offline_pack.format.errors import ManifestError, TrustDocumentError
from offline_pack.format.signing import KEY_BYTES, VerifyingKey, fingerprint

FORMAT = "yelentrust"
ROOT = "root"
MAX_ROOT_KEYS = 8  # so that old and new ones together are no more than an envelope may hold
MAX_KEYS = 128
MAX_BOX_KEYS = 4
MAX_VERSION = 2**31 - 1
MAX_CENTRE = 200  # characters
_RECIPIENT = re.compile(r"age1[0-9a-z]{20,96}")
_PURPOSE = re.compile(r"[a-z][a-z0-9_-]{0,19}")


@dataclass(frozen=True, slots=True)
class Root:
    """The keys that may change everything, and how many of them it takes."""

    threshold: int
    keys: tuple[VerifyingKey, ...]

    @property
    def digest(self) -> str:
        """Of the whole set, in hexadecimal."""
        ids = sorted(key.key_id for key in self.keys)
        content = strictjson.canonical({"keys": ids, "threshold": self.threshold})
        return hashlib.sha256(content).hexdigest()

    @property
    def fingerprint(self) -> str:
        """What two people compare by telephone."""
        return fingerprint(self.digest)

    def holds(self, key_id: str) -> bool:
        return any(key.key_id == key_id for key in self.keys)


@dataclass(frozen=True, slots=True)
class Trust:
    """One document's content. Of the keys for a purpose, the first is the one in use.

    A revoked key stays listed: so that who meets it can say "revoked", and not "unknown".
    """

    version: int
    centre: str
    issued_at: datetime
    root: Root
    keys: tuple[VerifyingKey, ...]
    revoked: tuple[str, ...] = ()  # key ids
    box: tuple[str, ...] = ()  # age recipients, for whom results on a stick are sealed

    def key_in_use(self, purpose: str) -> VerifyingKey | None:
        of_purpose = (key for key in self.keys if key.purpose == purpose)
        return next((key for key in of_purpose if key.key_id not in self.revoked), None)

    def lists(self, key_id: str) -> bool:
        return any(key.key_id == key_id for key in self.keys)

    def document(self) -> dict[str, Any]:
        told = {"box": list(self.box)} if self.box else {}
        return told | {
            "format": FORMAT,
            "v": 1,
            "version": self.version,
            "centre": self.centre,
            "issued_at": f"{self.issued_at:%Y-%m-%dT%H:%M:%SZ}",
            "root": {
                "threshold": self.root.threshold,
                "keys": [_key_document(key) for key in self.root.keys],
            },
            "keys": [_key_document(key) | {"purpose": key.purpose} for key in self.keys],
            "revoked": list(self.revoked),
        }


def _key_document(key: VerifyingKey) -> dict[str, str]:
    return {"keyid": key.key_id, "public": key.public.hex()}


def parse_trust(document: dict[str, Any]) -> Trust:
    """Read what was signed; raises ``TrustDocumentError``. Unknown keys are passed over."""
    if document.get("format") != FORMAT or document.get("v") != 1:
        raise TrustDocumentError("it is not a trust document of version 1")
    try:
        trust = _parse(document)
    except ManifestError as error:
        raise TrustDocumentError(str(error)) from error
    listed = [key.key_id for key in (*trust.root.keys, *trust.keys)]
    if len(set(listed)) != len(listed):
        raise TrustDocumentError("a key stands twice")
    if not 1 <= trust.root.threshold <= len(trust.root.keys):
        raise TrustDocumentError("the threshold cannot be reached")
    return trust


def _parse(document: dict[str, Any]) -> Trust:
    centre = fields.text(document, "centre", "trust", pattern=fields.PRINTABLE)
    if len(centre) > MAX_CENTRE:
        raise TrustDocumentError("the centre's name is too long")
    root = fields.get(document, "root", dict, "trust")
    root_keys = _listed(root, "keys", most=MAX_ROOT_KEYS)
    keys = _listed(document, "keys", most=MAX_KEYS)
    revoked = _listed(document, "revoked", most=MAX_KEYS)
    if not all(isinstance(item, str) and fields.SHA256.fullmatch(item) for item in revoked):
        raise TrustDocumentError("a list of key ids is expected")
    return Trust(
        version=fields.integer(document, "version", "trust", least=1, most=MAX_VERSION),
        centre=centre,
        issued_at=fields.time(document, "issued_at"),
        root=Root(
            threshold=fields.integer(root, "threshold", "root", least=1, most=MAX_ROOT_KEYS),
            keys=tuple(_parse_key(item, purpose=ROOT, owner=centre) for item in root_keys),
        ),
        keys=tuple(_parse_key(item, purpose=_purpose(item), owner=centre) for item in keys),
        revoked=tuple(revoked),
        box=_recipients(document),
    )


def _listed(value: dict[str, Any], key: str, *, most: int) -> list[Any]:
    listed: list[Any] = fields.get(value, key, list, "trust")
    if len(listed) > most:
        raise TrustDocumentError(f"more than {most} in {key}")
    return listed


def _recipients(document: dict[str, Any]) -> tuple[str, ...]:
    """None in a document from before there were any."""
    listed = _listed(document, "box", most=MAX_BOX_KEYS) if "box" in document else []
    if not all(isinstance(item, str) and _RECIPIENT.fullmatch(item) for item in listed):
        raise TrustDocumentError("a list of age recipients is expected")
    return tuple(listed)


def _purpose(value: Any) -> str:
    """A purpose that this version does not know is kept: a newer one may."""
    purpose = fields.text(value, "purpose", "keys", pattern=_PURPOSE)
    if purpose == ROOT:
        raise TrustDocumentError("a root key stands among the others")
    return purpose


def _parse_key(value: Any, *, purpose: str, owner: str) -> VerifyingKey:
    public = fields.text(value, "public", "keys", pattern=fields.SHA256)
    key = VerifyingKey(bytes.fromhex(public), purpose, owner)
    if len(key.public) != KEY_BYTES or key.key_id != value.get("keyid"):
        raise TrustDocumentError("a key id does not fit its key")
    return key
