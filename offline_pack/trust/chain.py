"""Which keys are believed here: one centre's numbered documents, each leading to the next.

The format and its rules are ``offline_pack.format.trust``; what the centre does to make new
documents is ``offline_pack.trust.issuing``.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from offline_pack.errors import TrustFileError
from offline_pack.format import strictjson
from offline_pack.format.errors import OtherRootError, StrictJSONError, TrustError
from offline_pack.format.signing import SYNC
from offline_pack.format.trust import (
    MAX_CHAIN,
    SignedTrust,
    bounded,
    chain_of,
    decode_trust,
    follow,
)
from offline_pack.models import CentreLink, TrustDocument, TrustedKey
from offline_pack.trust.age_keys import usable_recipients

MAX_FILE = 2 * 1024 * 1024  # bytes of a trust file, which holds a chain

logger = logging.getLogger(__name__)


def held_trust() -> SignedTrust | None:
    """The newest document held here."""
    return TrustDocument.objects.newest()


def held_chain() -> tuple[SignedTrust, ...]:
    """What others need to come to the newest document held here; oldest first."""
    return chain_of(row.signed_trust() for row in TrustDocument.objects.all())


@transaction.atomic
def accept_trust_chain(documents: Iterable[bytes]) -> tuple[SignedTrust, ...]:
    """Believe what leads on from the document held; return those newly accepted, in order.

    Nothing is believed on the word of a stranger: with no document held, or for documents no root
    key held here has signed, nothing happens. Raises a ``TrustError``; then nothing has changed.
    """
    offered = bounded(documents)
    held = held_trust()
    if held is None:
        return ()
    followed = follow(held, offered)
    for stranger in followed.strangers:
        logger.warning("trust version %s is signed by no root key held", stranger.version)
    for signed in followed.accepted:
        hold_trust(signed)
    return followed.accepted


@transaction.atomic
def adopt_trust(documents: Iterable[bytes]) -> SignedTrust:
    """Believe a centre that a person has vouched for, by a pairing code or by a fingerprint.

    If it is the centre followed already, this is no more than ``accept_trust_chain``; another
    one takes its place, and the keys of the one before are forgotten unless they are revoked.
    """
    documents = list(documents)
    newest = newest_of(documents)
    held = held_trust()
    if held is not None:
        try:
            followed = follow(held, [decode_trust(data) for data in documents])
        except TrustError as error:
            logger.warning("another chain of trust is adopted: %s", error)
        else:
            if not followed.strangers and _is_same_centre(held, newest):
                accept_trust_chain(documents)
                return held_trust() or newest
        TrustDocument.objects.all().delete()
        TrustedKey.objects.in_force().delete()
    hold_trust(newest)
    return newest


def import_trust(path: Path, *, replace: bool = False) -> SignedTrust:
    """Believe the centre whose trust file this is, and return its newest document.

    Raises ``TrustFileError`` when it cannot be read, another ``TrustError`` when it may not be
    believed: another centre's is, only if ``replace``.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise TrustFileError("it is too large")
        documents = decode_chain(path.read_bytes())
    except OSError as error:
        raise TrustFileError(os.strerror(error.errno or 0)) from error
    newest, held = newest_of(documents), held_trust()
    if held is None or replace:
        return adopt_trust(documents)
    accepted = accept_trust_chain(documents)
    if not accepted and newest.version >= held.version and newest.content != held.content:
        raise OtherRootError(
            offered=newest.trust.root.fingerprint, held=held.trust.root.fingerprint
        )
    return held_trust() or newest


def encode_chain(documents: Iterable[SignedTrust]) -> bytes:
    """The bytes of a trust file."""
    return strictjson.canonical(chain_document(documents))


def chain_document(documents: Iterable[SignedTrust]) -> dict[str, Any]:
    """``{"documents": […]}``, as in a trust file, a sync and a pairing."""
    return {"documents": [json.loads(signed.data) for signed in documents]}


def decode_chain(data: bytes) -> list[bytes]:
    """The documents of a trust file, not yet checked one by one; raises ``TrustFileError``."""
    try:
        document = strictjson.loads(data, max_size=MAX_FILE)
    except StrictJSONError as error:
        raise TrustFileError(error.reason) from error
    return documents_in(document)


def documents_in(document: Any) -> list[bytes]:
    """The documents of a chain that came as an object; raises ``TrustFileError``."""
    listed = document.get("documents") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise TrustFileError("a list of documents is expected")
    if not 1 <= len(listed) <= MAX_CHAIN:
        raise TrustFileError(f"1 to {MAX_CHAIN} documents are expected")
    return [strictjson.canonical(item) for item in listed]


@transaction.atomic
def hold_trust(signed: SignedTrust) -> None:
    """Write a document that was checked, and its keys, down; what is revoked once stays so."""
    TrustDocument.objects.create(version=signed.version, data=signed.data)
    for key in signed.trust.keys:
        TrustedKey.objects.get_or_create(
            key_id=key.key_id,
            defaults={
                "public_key": key.public.hex(),
                "purpose": key.purpose,
                "centre": signed.trust.centre,
            },
        )
    gone = TrustedKey.objects.in_force().filter(key_id__in=_ever_revoked())
    gone.update(revoked_at=timezone.now())
    _follow_keys(signed)


def _ever_revoked() -> set[str]:
    """In any document held: a key may have been revoked before it was ever listed here."""
    documents = (row.signed_trust() for row in TrustDocument.objects.all())
    return {key_id for signed in documents for key_id in signed.trust.revoked}


def _follow_keys(signed: SignedTrust) -> None:
    """A link with the centre whose keys these are goes on with those now in use."""
    in_use = signed.trust.key_in_use(SYNC)
    link = CentreLink.objects.current()
    if in_use is None or link is None or not signed.trust.lists(link.verifying_key().key_id):
        return
    known: dict[str, Any] = {"sync_key": in_use.public.hex()}
    if box := usable_recipients(signed.trust.box):
        known["box_recipients"] = box
    CentreLink.objects.filter(pk=link.pk).update(**known)


def _is_same_centre(held: SignedTrust, offered: SignedTrust) -> bool:
    """An older document that the root keys held have signed comes from the same centre."""
    return offered.version > held.version or offered.signed_by(held.trust.root) > 0


def newest_of(documents: Iterable[bytes]) -> SignedTrust:
    """Raises a ``TrustError`` for one that is not whole by itself."""
    return max((decode_trust(data) for data in documents), key=lambda signed: signed.version)
