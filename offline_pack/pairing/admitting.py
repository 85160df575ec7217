"""Pairing by approval, at the centre: who asks, who is let in, and the offer for them.

The telecentre's half is ``offline_pack.pairing.asking``. Source: docs/reference/sync-protocol.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from lms.models import Device, Telecentre
from offline_pack.box.asks import (
    MAX_ASK,
    OFFER_KIND,
    Ask,
    asks_at,
    decode_ask,
    offer_path,
    payload_of_ask,
)
from offline_pack.box.container import seal_answer
from offline_pack.box.errors import BoxError
from offline_pack.box.names import read_bounded, shown_name
from offline_pack.conf import centre_address
from offline_pack.format.signing import SYNC
from offline_pack.models import AskedBy, DeviceKey, PairingRequest, SnapshotKind
from offline_pack.pairing.codes import admit, certificate, check_proto, clean_name
from offline_pack.stick import write_checked
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.snapshots import news_for
from offline_pack.trust.keys import own_keys
from offline_pack.words.explain import Explanation, explain_error

MOST_WAITING = 50
RETRY_AFTER = 3600  # seconds


@dataclass(slots=True)
class Taken:
    """What became of the requests on a stick."""

    requests: list[PairingRequest] = field(default_factory=list)
    troubles: list[tuple[str, Explanation]] = field(default_factory=list)  # by file
    refusals: list[tuple[str, str]] = field(default_factory=list)  # file, code of the protocol


def take_ask(data: bytes, *, way: AskedBy, name: str = "") -> PairingRequest:
    """Keep what a device asks until somebody decides.

    The same request again changes nothing. Raises ``BoxDamagedError`` or ``RefusalError``.
    """
    ask = decode_ask(data, name=name)
    check_proto(ask.document)
    _refuse_withdrawn(ask)
    return _keep(ask, way=way)


@transaction.atomic
def _keep(ask: Ask, *, way: AskedBy) -> PairingRequest:
    PairingRequest.objects.forgotten().delete()
    held = PairingRequest.objects.select_for_update().filter(pk=ask.key.key_id).first()
    if held is None and PairingRequest.objects.waiting().count() >= MOST_WAITING:
        raise RefusalError(503, "wait", retry_after=RETRY_AFTER)
    if held is not None and held.digest == ask.digest:
        held.way = way
        held.save(update_fields=["way", "asked_at"])
        return held
    request, _created = PairingRequest.objects.update_or_create(
        pk=ask.key.key_id,
        defaults={
            "device": ask.device,
            "name": clean_name(str(ask.document.get("name", ""))),
            "public_key": ask.key.public.hex(),
            "age": ask.age,
            "body": ask.body,
            "digest": ask.digest,
            "way": way,
            "telecentre": None,
            "decided_at": None,
            "decided_by": None,
        },
    )
    return request


def take_asks(stick: Path) -> Taken:
    """Every request there; raises ``BoxNotFoundError`` when there is none."""
    taken = Taken()
    for path in asks_at(stick):
        name = shown_name(path)
        try:
            data = read_bounded(path, limit=MAX_ASK)
            taken.requests.append(take_ask(data, way=AskedBy.STICK, name=name))
        except BoxError as error:
            taken.troubles.append((name, explain_error(error)))
        except RefusalError as refusal:
            taken.refusals.append((name, refusal.code))
    return taken


@transaction.atomic
def approve(request: PairingRequest, *, telecentre: Telecentre, user: Any = None) -> Device:
    """Let the device in for that telecentre; raises ``RefusalError``.

    To be called once a person has compared the words.
    """
    request = PairingRequest.objects.select_for_update().get(pk=request.pk)
    ask = Ask.kept(bytes(request.body))
    device = admit(ask.document, ask.key, telecentre, is_compared=True)
    _decide(request, telecentre=telecentre, user=user)
    return device


def refuse(request: PairingRequest, *, user: Any = None) -> None:
    """The device is told so when it asks again; a new request of it may be approved yet."""
    _decide(request, telecentre=None, user=user)


def offer_for(request: PairingRequest) -> bytes:
    """The sealed answer to an approved request; the same whatever way it goes."""
    device = DeviceKey.objects.select_related("device__telecentre").get(pk=request.key_id).device
    telecentre = device.telecentre
    if telecentre is None or device.revoked_at is not None:
        raise RefusalError(403, "revoked")
    document = {
        **certificate(device, telecentre),
        "kind": OFFER_KIND,
        "request": request.digest,
        "key": request.public_key,
        "age": request.age,
        "address": centre_address(),
        "down": news_for(telecentre, {}, skip=(SnapshotKind.TRUST, SnapshotKind.PACKS)),
    }
    asked = payload_of_ask(bytes(request.body))
    return seal_answer(document, asked=asked, keys=own_keys(SYNC), recipients=[request.age])


def write_offers(stick: Path, requests: Iterable[PairingRequest]) -> list[str]:
    """The names of the files; raises one of the errors of ``offline_pack.stick``."""
    names = []
    for request in requests:
        path = offer_path(stick, request.device)
        write_checked(path, offer_for(request))
        names.append(path.name)
    return names


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request for an operator to decide, and what this centre knows of whoever asks."""

    request: PairingRequest
    known: Device | None  # by its key, or by the id it gives itself
    has_other_keys: bool  # known, but by other keys: lost ones, or somebody else's machine


def waiting_requests() -> list[Waiting]:
    """In three queries however many there are."""
    rows = list(PairingRequest.objects.waiting())
    devices = Device.objects.select_related("telecentre").exclude(keys=None).distinct()
    by_id = {device.pk: device for device in devices.filter(pk__in={row.device for row in rows})}
    keys = DeviceKey.objects.select_related("device__telecentre").in_bulk([row.pk for row in rows])
    shown = []
    for row in rows:
        key = keys.get(row.pk)
        known = key.device if key else by_id.get(row.device)
        shown.append(Waiting(row, known, has_other_keys=known is not None and key is None))
    return shown


def approved_by_stick() -> list[PairingRequest]:
    return list(PairingRequest.objects.filter(way=AskedBy.STICK, telecentre__isnull=False))


def _decide(request: PairingRequest, *, telecentre: Telecentre | None, user: Any) -> None:
    request.telecentre, request.decided_at = telecentre, timezone.now()
    request.decided_by = user if user is not None and user.is_authenticated else None
    request.save(update_fields=["telecentre", "decided_at", "decided_by"])


def _refuse_withdrawn(ask: Ask) -> None:
    known = DeviceKey.objects.select_related("device").filter(pk=ask.key.key_id).first()
    if known and known.is_revoked:
        raise RefusalError(403, "revoked")
