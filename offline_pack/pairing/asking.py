"""Pairing by approval, at a telecentre: ask, read the centre's offer, believe it once confirmed.

The centre's half is ``offline_pack.pairing.admitting``. Source: docs/reference/sync-protocol.md.
"""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from courses.software import software_version
from lms.fact import canonical_text
from lms.recording import own_device
from offline_pack.box.asks import (
    KIND,
    OFFER_KIND,
    ask_path,
    digest_of_ask,
    encode_ask,
    offer_at,
    payload_of_ask,
)
from offline_pack.box.container import unseal_answer
from offline_pack.box.errors import (
    AskRefusedError,
    BoxDamagedError,
    BoxNotFromCentreError,
    NoOfferError,
    NothingAskedError,
    OtherRequestError,
)
from offline_pack.box.names import read_bounded, shown_name
from offline_pack.errors import TrustFileError
from offline_pack.fingerprints import device_digest, words_of
from offline_pack.format.errors import SignatureError, TrustError
from offline_pack.format.signing import DEVICE, SYNC, VerifyingKey
from offline_pack.format.trust import SignedTrust
from offline_pack.models import CentreLink, OwnRequest
from offline_pack.pairing.joining import adopt_centre
from offline_pack.stick import write_checked
from offline_pack.sync.applying import apply_news
from offline_pack.sync.envelope import PROTOCOLS, whole
from offline_pack.timekeeping import remember_time
from offline_pack.transport import CentreConnection, clean_address
from offline_pack.trust.age_keys import own_identities, own_recipient
from offline_pack.trust.chain import documents_in, newest_of
from offline_pack.trust.keys import own_key


@dataclass(frozen=True, slots=True)
class Offer:
    """What the centre offers, and the words by which a person knows that it is the centre."""

    centre: str
    telecentre: str
    digest: str  # fingerprint of the centre's root keys
    address: str

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.digest)


def own_words() -> tuple[str, ...]:
    """Of this machine's keys, which are made now if there are none yet."""
    return words_of(device_digest(own_key(DEVICE).public.hex(), own_recipient()))


def write_ask(stick: Path) -> Path:
    """Put this machine's request on the stick; raises one of ``offline_pack.stick``'s errors."""
    request = _request()
    path = ask_path(stick, own_device().pk)
    write_checked(path, encode_ask(bytes(request.body), key=own_key(DEVICE)))
    return path


def ask_centre(address: str) -> Offer | None:
    """Ask over the network; None as long as nobody has decided there. Raises a ``SyncError``."""
    return ask_again(_request(address=clean_address(address)))


def ask_again(request: OwnRequest) -> Offer | None:
    """As ``ask_centre``, for a request that was made before; no other is begun."""
    body = encode_ask(bytes(request.body), key=own_key(DEVICE))
    with CentreConnection(request.address, key=own_key(DEVICE)) as centre:
        said = centre.ask(body)
    if said.get("state") == "refused":
        OwnRequest.objects.filter(pk=request.pk).update(is_refused=True)
        raise AskRefusedError("the centre has refused this device")
    if said.get("state") != "approved":
        return None
    try:
        data = bytes.fromhex(said["offer"])
    except (KeyError, TypeError, ValueError) as error:
        raise BoxDamagedError("the answer") from error
    return _take(data, request, name="the answer")


def read_offer(place: Path) -> Offer:
    """Take the offer for this machine from a stick; nothing is believed before it is accepted.

    Raises a ``SyncError``; then nothing has changed.
    """
    request = _open_request()
    if request is None:
        raise NothingAskedError("this machine has asked nothing")
    path = offer_at(place, own_device().pk)
    return _take(read_bounded(path), request, name=shown_name(path))


def waiting_offer() -> Offer | None:
    """One that was read and nobody has confirmed yet."""
    request = _open_request()
    return _shown(request.offer) if request and request.offer else None


def accept_offer(digest: str) -> CentreLink:
    """Believe the centre whose fingerprint a person has compared.

    Raises ``NoOfferError`` when it is not the one offered.
    """
    request = _open_request()
    if request is None or not request.offer or _shown(request.offer).digest != digest:
        raise NoOfferError("this is not what the centre offered")
    offer = request.offer
    with transaction.atomic():
        link = adopt_centre(offer, address=request.address or str(offer.get("address", "")))
        heard = datetime.fromtimestamp(whole(offer["server_time"]) / 1000, tz=UTC)
        CentreLink.objects.filter(pk=link.pk).update(last_contact_at=heard)
        OwnRequest.objects.all().delete()  # so that no offer fits any more
    remember_time()
    apply_news(link, tuple(offer.get("down", ())))
    return link


def begin_anew() -> None:
    """Forget what was asked and offered: the centre's words were not the right ones."""
    OwnRequest.objects.all().delete()


def open_request() -> OwnRequest | None:
    """What this machine has asked and was not told yet, for screens."""
    return _open_request()


def own_request_body() -> bytes:
    """The bytes of this machine's request; a new one is begun if none is open."""
    return bytes(_request().body)


def _request(*, address: str = "") -> OwnRequest:
    """The open one, or a new one; the same bytes as long as the keys are the same."""
    found = _open_request()
    if found is None or found.is_refused:
        OwnRequest.objects.all().delete()
        found = OwnRequest.objects.create(body=_body())
    if address and found.address != address:
        found.address = address
        found.save(update_fields=["address"])
    return found


def _open_request() -> OwnRequest | None:
    found = OwnRequest.objects.order_by("-pk").first()
    return found if found and _is_ours(json.loads(bytes(found.body))) else None


def _is_ours(document: Mapping[str, Any]) -> bool:
    mine = (own_device().pk.hex, own_key(DEVICE).public.hex(), own_recipient())
    return (document["device"], document["key"], document["age"]) == mine


def _body() -> bytes:
    document = {
        "kind": KIND,
        "proto": list(PROTOCOLS),
        "device": own_device().pk.hex,
        "name": platform.node(),
        "key": own_key(DEVICE).public.hex(),
        "age": own_recipient(),
        "nonce": secrets.token_hex(16),
        "sw": software_version(),
    }
    return canonical_text(document).encode("ascii")


def _take(data: bytes, request: OwnRequest, *, name: str) -> Offer:
    """Check the offer in every way a machine can, and keep it for a person to look at."""
    answer = unseal_answer(data, identities=own_identities(), name=name)
    document, body = answer.document(), bytes(request.body)
    if document.get("kind") != OFFER_KIND:
        raise BoxDamagedError(name)
    if document.get("request") != digest_of_ask(body) or not _names_us(document):
        raise OtherRequestError(name)
    try:
        answer.check(_sync_key(document), asked=payload_of_ask(body))
        offer = _shown(document)
    except (SignatureError, TrustError, TrustFileError) as error:
        raise BoxNotFromCentreError(name) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BoxDamagedError(name) from error
    OwnRequest.objects.filter(pk=request.pk).update(offer=document)
    return offer


def _names_us(document: Mapping[str, Any]) -> bool:
    return document.get("key") == own_key(DEVICE).public.hex() and (
        document.get("age") == own_recipient()
    )


def _sync_key(document: Mapping[str, Any]) -> VerifyingKey:
    """That signed the offer; its root keys must vouch for it."""
    key = VerifyingKey(bytes.fromhex(document["sync_key"]), SYNC)
    in_use = _trust(document).trust.key_in_use(SYNC)
    if in_use is None or in_use.public != key.public:
        raise TrustFileError("the root keys do not vouch for the sync key")
    return key


def _shown(document: Mapping[str, Any]) -> Offer:
    return Offer(
        centre=str(document["centre"])[:200],
        telecentre=str(document["telecentre"]["name"])[:120],
        digest=_trust(document).trust.root.digest,
        address=str(document.get("address", ""))[:200],
    )


def _trust(document: Mapping[str, Any]) -> SignedTrust:
    return newest_of(documents_in(document["trust"]))
