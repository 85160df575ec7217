"""At the centre: from the bytes of a batch to the document of the answer."""

from __future__ import annotations

import shutil
import time
from typing import Any

from django.utils import timezone

from lms.models import Device, Telecentre
from offline_pack.conf import data_folder, room_for_sync
from offline_pack.format.signing import SYNC
from offline_pack.installations import note_installed
from offline_pack.models import DeviceContact, DeviceKey
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.envelope import PROTOCOLS, Header, MalformedBatchError, decode_batch
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.forgotten import note_forgotten
from offline_pack.sync.pending import take_pending
from offline_pack.sync.snapshots import news_for, share_of
from offline_pack.sync.stories import MARK_CHARS
from offline_pack.sync.succession import succeed, words_of_key
from offline_pack.timekeeping import met_device
from offline_pack.trust.age_keys import centre_recipients, usable_recipients
from offline_pack.trust.keys import own_keys

RETRY_AFTER = 600  # seconds, when the disk is full


def answer_batch(body: bytes, *, key: DeviceKey, is_live: bool = False) -> dict[str, Any]:
    """Take a batch whose signature by ``key`` is good; raises ``RefusalError``.

    ``is_live``: it was made just now, and did not come on a stick.
    """
    try:
        batch = decode_batch(body)
    except MalformedBatchError as error:
        raise RefusalError(400, "malformed", reason=str(error)) from error
    header, device = batch.header, key.device
    _check_addressee(header, device)
    if not has_room():
        raise RefusalError(507, "wait", retry_after=RETRY_AFTER)
    if is_live:
        met_device(device, boot_id=header.boot, mono_ms=header.mono)
    try:
        accepted = accept_batch(batch, device=device)
    except RefusalError as refusal:
        if refusal.code == "fork":
            DeviceContact.objects.update_or_create(
                device=device, defaults={"forked_at": timezone.now()}
            )
        raise
    accepted = take_pending(header.epoch, device=device, accepted=accepted)
    note_contact(header, device, is_live=is_live)
    note_forgotten(header, device)
    return {
        "epoch": header.epoch.hex,
        "stored": accepted.stored,
        "durable": accepted.durable,
        "rejected": [{"seq": sequence, "code": code} for sequence, code in accepted.rejected],
        "server_time": server_time(),
        "box": centre_recipients(),
        **_keys(header, key),
        "epochs": [] if header.left else _cursors(device),
        **_news(header, device),
    }


def has_room() -> bool:
    """Whether batches are taken, or telecentres asked to wait."""
    return shutil.disk_usage(data_folder()).free >= room_for_sync()


def _keys(header: Header, key: DeviceKey) -> dict[str, Any]:
    """What the device is to know of its key; ``next`` when a new one was taken."""
    taken = succeed(key, header.rotate)
    if taken:
        key.refresh_from_db(fields=("expires_at",))
    return {"key": words_of_key(key)} | ({"next": taken} if taken else {})


def _news(header: Header, device: Device) -> dict[str, Any]:
    """What is new for the device, once it has sent all; a part of it when it is much."""
    if device.telecentre is None or header.left:
        return {"down": [], "more": False}
    news = news_for(device.telecentre, header.have, skip=header.skip)
    # With facts in the batch a long answer, cut on a bad line, would cost the batch as well.
    down = share_of(news, is_alone=not header.n)
    return {"down": down, "more": len(down) < len(news)}


def _cursors(device: Device) -> list[dict[str, Any]]:
    """How far each of its streams is held: this centre may have been put back from a copy."""
    rows = device.epochs.order_by("pk").values_list("pk", "last_sequence", "last_hash")
    return [
        {"epoch": epoch_id.hex, "stored": stored, "h": bytes(last_hash).hex()[:MARK_CHARS]}
        for epoch_id, stored, last_hash in rows
    ]


def server_time() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def note_heard(device: Device) -> None:
    Device.objects.filter(pk=device.pk).update(last_heard_at=timezone.now())


def note_contact(header: Header, device: Device, *, is_live: bool) -> None:
    """When the device was heard, and what it said of itself."""
    now = timezone.now()
    note_heard(device)
    DeviceContact.objects.update_or_create(
        device=device,
        defaults={
            "software": header.software,
            "waiting": header.left,
            "trouble": header.trouble,
        },
    )
    if is_live:  # a box has been on its way for days
        ahead = round(header.wall / 1000 - now.timestamp())
        DeviceContact.objects.filter(device=device).update(clock_ahead=ahead)
    if told := usable_recipients([header.age]):
        DeviceContact.objects.filter(device=device).update(age=told[0])
    if not header.left:
        if header.installed is not None:
            note_installed(device, header.installed)
        Telecentre.objects.filter(devices=device).update(last_synced_at=now)


def _check_addressee(header: Header, device: Device) -> None:
    if not set(header.proto) & set(PROTOCOLS):
        raise RefusalError(426, "protocol", min_proto=min(PROTOCOLS), max_proto=max(PROTOCOLS))
    if header.to not in {key.key_id for key in own_keys(SYNC)}:
        raise RefusalError(403, "other_centre")
    if header.device != device.pk:
        raise RefusalError(403, "other_device")
