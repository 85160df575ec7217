"""Pairing, at the centre: codes made, and devices that know one let in.

The telecentre's half is ``offline_pack.pairing.joining``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from lms.models import Device, Telecentre
from offline_pack.conf import centre_name
from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import KEY_BYTES, SYNC, VerifyingKey, key_id
from offline_pack.models import DeviceContact, DeviceKey, PairingCode
from offline_pack.sync.answering import server_time
from offline_pack.sync.codes import lookup_of, new_code, verifier_of, written_code
from offline_pack.sync.envelope import PROTOCOLS
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.signing import Signed, check_request, is_proven
from offline_pack.sync.snapshots import telecentre_document, trust_document
from offline_pack.trust.age_keys import centre_recipients, usable_recipients
from offline_pack.trust.keys import own_key

MAX_NAME = 120


def create_pairing_code(telecentre: Telecentre, *, user: Any = None) -> str:
    """A new code for one device of that telecentre, as it is to be read out; it is not kept."""
    PairingCode.objects.filter(expires_at__lte=timezone.now()).delete()
    owner = user if user is not None and user.is_authenticated else None
    while True:
        code = new_code()
        try:
            with transaction.atomic():
                PairingCode.objects.create(
                    lookup=lookup_of(code),
                    verifier=verifier_of(code),
                    telecentre=telecentre,
                    created_by=owner,
                )
        except IntegrityError:  # another living code begins alike
            continue
        return written_code(code)


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a device asks, as it came; ``payload`` is what is signed and proven."""

    document: Mapping[str, Any]
    payload: bytes
    signed: Signed
    proof: str

    def device_key(self) -> VerifyingKey:
        """The key in the document, which must be the one that signed."""
        try:
            public = bytes.fromhex(self.document["key"])
            if len(public) != KEY_BYTES or key_id(public) != self.signed.key_id:
                raise ValueError("another key signed")
            key = VerifyingKey(public, purpose="device")
            check_request(key, self.payload, self.signed)
        except (KeyError, TypeError, ValueError) as error:
            raise RefusalError(400, "malformed", reason=str(error)) from error
        except SignatureError as error:
            raise RefusalError(401, "bad_signature") from error
        return key


def accept_pairing(request: CodeRequest) -> tuple[dict[str, Any], bytes]:
    """At the centre: the answer's document, and the verifier to prove it with.

    The same device with the same code is answered again. Raises ``RefusalError``.
    """
    key = request.device_key()
    code = _proven_code(request)
    with transaction.atomic():
        code = PairingCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
        if code.used_by not in ("", key.key_id):
            raise RefusalError(403, "wrong_code")
        device = admit(request.document, key, code.telecentre)
        PairingCode.objects.filter(pk=code.pk).update(used_by=key.key_id)
    return certificate(device, code.telecentre), bytes(code.verifier)


def certificate(device: Device, telecentre: Telecentre) -> dict[str, Any]:
    """Who the centre is, by which keys to know it, and who the device is from now on."""
    return {
        "centre": centre_name(),
        "sync_key": own_key(SYNC).public.hex(),
        "box": centre_recipients(),
        "telecentre": telecentre_document(telecentre),
        "device": device.pk.hex,
        "trust": trust_document(),
        "server_time": server_time(),
    }


def _proven_code(request: CodeRequest) -> PairingCode:
    lookup = request.document.get("lookup")
    is_text = isinstance(lookup, str) and lookup.isprintable()  # else no database looks for it
    codes = PairingCode.objects.filter(lookup=lookup if is_text else "")
    code = codes.select_related("telecentre").first()
    if code is None or not code.is_open:
        raise RefusalError(403, "wrong_code")
    if not is_proven(bytes(code.verifier), request.payload, request.proof):
        codes.update(tries=F("tries") + 1)
        raise RefusalError(403, "wrong_code")
    return code


def admit(
    document: Mapping[str, Any],
    key: VerifyingKey,
    telecentre: Telecentre,
    *,
    is_compared: bool = False,
) -> Device:
    """The device's row, with this key; another's id or a withdrawn device is refused.

    A key that is known says which device it is, whatever id it gives itself: its database was
    lost. ``is_compared``: a person has compared the words of these keys; then a device of this
    telecentre may also come back with new ones.
    """
    device_id, name = _asked_of(document)
    check_proto(document)
    held = DeviceKey.objects.select_related("device").filter(pk=key.key_id).first()
    if held:
        device_id = held.device_id
    known = Device.objects.filter(pk=device_id).first()
    if known:
        if known.revoked_at or known.keys.exclude(revoked_at=None).exists():
            raise RefusalError(403, "revoked")
        if not held and not (is_compared and known.telecentre_id == telecentre.pk):
            raise RefusalError(403, "other_device")
    device, _created = Device.objects.update_or_create(
        pk=device_id, defaults={"telecentre": telecentre, "name": name}
    )
    told = (usable_recipients([document.get("age")]) or [""])[0]
    DeviceKey.objects.update_or_create(
        pk=key.key_id,
        defaults={"expires_at": None, "successor": "", "age": told},
        create_defaults={"public_key": key.public.hex(), "device": device, "age": told},
    )
    if told:
        DeviceContact.objects.update_or_create(device=device, defaults={"age": told})
    return device


def _asked_of(document: Mapping[str, Any]) -> tuple[UUID, str]:
    """The id a device gives itself, and its name."""
    try:
        return UUID(document["device"]), clean_name(str(document.get("name", "")))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusalError(400, "malformed", reason=repr(error)) from error


def check_proto(document: Mapping[str, Any]) -> None:
    """Raises ``RefusalError`` when device and centre have no protocol in common."""
    try:
        proto = set(document["proto"])
    except (KeyError, TypeError) as error:
        raise RefusalError(400, "malformed", reason=repr(error)) from error
    if not proto & set(PROTOCOLS):
        raise RefusalError(426, "protocol", min_proto=min(PROTOCOLS), max_proto=max(PROTOCOLS))


def clean_name(name: str) -> str:
    """As it may stand on a page."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:MAX_NAME]
