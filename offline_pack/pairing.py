"""Pairing, at the centre: codes made, and devices that know one let in.

The telecentre's half is ``offline_pack.joining``.
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
from offline_pack.age_keys import centre_recipients, usable_recipients
from offline_pack.conf import centre_name
from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import KEY_BYTES, SYNC, VerifyingKey, key_id
from offline_pack.keys import own_key
from offline_pack.models import DeviceContact, DeviceKey, PairingCode
from offline_pack.sync.answering import server_time
from offline_pack.sync.codes import lookup_of, new_code, verifier_of, written_code
from offline_pack.sync.envelope import PROTOCOLS
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.signing import Signed, check_request, is_proven
from offline_pack.sync.snapshots import telecentre_document, trust_document

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
class PairingRequest:
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


def accept_pairing(request: PairingRequest) -> tuple[dict[str, Any], bytes]:
    """At the centre: the answer's document, and the verifier to prove it with.

    The same device with the same code is answered again. Raises ``RefusalError``.
    """
    key = request.device_key()
    code = _proven_code(request)
    with transaction.atomic():
        code = PairingCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
        if code.used_by not in ("", key.key_id):
            raise RefusalError(403, "wrong_code")
        device = _admit(request, key, code.telecentre)
        PairingCode.objects.filter(pk=code.pk).update(used_by=key.key_id)
    answer = {
        "centre": centre_name(),
        "sync_key": own_key(SYNC).public.hex(),
        "box": centre_recipients(),
        "telecentre": telecentre_document(code.telecentre),
        "device": device.pk.hex,
        "trust": trust_document(),
        "server_time": server_time(),
    }
    return answer, bytes(code.verifier)


def _proven_code(request: PairingRequest) -> PairingCode:
    lookup = request.document.get("lookup")
    codes = PairingCode.objects.filter(lookup=lookup if isinstance(lookup, str) else "")
    code = codes.select_related("telecentre").first()
    if code is None or not code.is_open:
        raise RefusalError(403, "wrong_code")
    if not is_proven(bytes(code.verifier), request.payload, request.proof):
        codes.update(tries=F("tries") + 1)
        raise RefusalError(403, "wrong_code")
    return code


def _admit(request: PairingRequest, key: VerifyingKey, telecentre: Telecentre) -> Device:
    """The device's row, with this key; another's id or a withdrawn device is refused."""
    try:
        device_id = UUID(request.document["device"])
        proto = set(request.document["proto"])
        name = str(request.document.get("name", ""))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusalError(400, "malformed", reason=repr(error)) from error
    if not proto & set(PROTOCOLS):
        raise RefusalError(426, "protocol", min_proto=min(PROTOCOLS), max_proto=max(PROTOCOLS))
    known = DeviceKey.objects.select_related("device").filter(device_id=device_id)
    if any(row.is_revoked for row in known):
        raise RefusalError(403, "revoked")
    held_by = DeviceKey.objects.filter(pk=key.key_id).exclude(device_id=device_id)
    is_taken = Device.objects.filter(pk=device_id).exists() and not known.filter(pk=key.key_id)
    if held_by.exists() or is_taken:
        raise RefusalError(403, "other_device")
    device, _created = Device.objects.update_or_create(
        pk=device_id, defaults={"telecentre": telecentre, "name": _clean(name)}
    )
    DeviceKey.objects.get_or_create(
        pk=key.key_id, defaults={"public_key": key.public.hex(), "device": device}
    )
    if told := usable_recipients([request.document.get("age")]):
        DeviceContact.objects.update_or_create(device=device, defaults={"age": told[0]})
    return device


def _clean(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable()).strip()[:MAX_NAME]
