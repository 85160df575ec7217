"""At the centre: new keys for a device take the place of its old ones.

The device's half is ``offline_pack.sync.renewing``. Source: docs/reference/sync-protocol.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from lms.models import Device
from offline_pack.format.errors import SignatureError
from offline_pack.models import DeviceContact, DeviceKey
from offline_pack.sync.rotation import Rotation
from offline_pack.trust.age_keys import usable_recipients

OVERLAP = timedelta(days=365)


@transaction.atomic
def succeed(old: DeviceKey, rotation: Rotation | None) -> str:
    """Let the new key in and put an end to the old one; its id, or an empty text.

    The same again is answered the same. A key that another took the place of brings in no third
    one, and nobody's key becomes another device's.
    """
    if rotation is None:
        return ""
    try:
        rotation.check(device=old.device_id, old=old.key_id)
    except SignatureError:
        return ""
    old = DeviceKey.objects.select_for_update().get(pk=old.pk)
    new_id = rotation.key.key_id
    if old.successor:
        return new_id if old.successor == new_id else ""
    if old.revoked_at or new_id == old.key_id or DeviceKey.objects.filter(pk=new_id).exists():
        return ""
    age = (usable_recipients([rotation.age]) or [""])[0]
    DeviceKey.objects.create(
        pk=new_id, public_key=rotation.key.public.hex(), device_id=old.device_id, age=age
    )
    old.successor, old.expires_at = new_id, timezone.now() + OVERLAP
    old.age = old.age or _told_age(old.device)
    old.save(update_fields=["successor", "expires_at", "age"])
    return new_id


def words_of_key(key: DeviceKey) -> dict[str, Any]:
    """What an answer says of the key that signed."""
    told: dict[str, Any] = {"id": key.key_id, "since": _ms(key.paired_at)}
    if key.expires_at:
        told["until"] = _ms(key.expires_at)
    return told


def recipients_of(device: Device) -> list[str]:
    """For whom answers on a stick are sealed: every key of the device that still lives."""
    living = device.keys.filter(revoked_at=None).exclude(expires_at__lte=timezone.now())
    ages = [_told_age(device), *living.exclude(age="").values_list("age", flat=True)]
    return list(dict.fromkeys(age for age in ages if age))


def _told_age(device: Device) -> str:
    contact = DeviceContact.objects.filter(device=device).first()
    return contact.age if contact else ""


def _ms(at: Any) -> int:
    return int(at.timestamp() * 1000)
