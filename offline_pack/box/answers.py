"""At the centre: answers onto a stick, one file for each device."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from lms.fact import FIRST_HASH
from lms.models import Device, Epoch
from offline_pack.box.container import asked_by_stick, seal_answer
from offline_pack.box.incoming import Heard, Received
from offline_pack.box.names import answer_path
from offline_pack.format.signing import SYNC
from offline_pack.stick import write_checked
from offline_pack.sync.accepting import held_hashes
from offline_pack.sync.answering import server_time
from offline_pack.sync.snapshots import news_for
from offline_pack.sync.stories import MARK_CHARS
from offline_pack.sync.succession import recipients_of
from offline_pack.trust.age_keys import centre_recipients
from offline_pack.trust.keys import own_keys


def write_answers(stick: Path, received: Received) -> list[str]:
    """Answer every device whose boxes were taken; the names of the files."""
    return _write(stick, received.heard.values())


def write_all_answers(stick: Path) -> list[str]:
    """Answer every paired device, whether it was heard today or not."""
    devices = Device.objects.exclude(keys=None).filter(revoked_at=None, keys__revoked_at=None)
    return _write(stick, [Heard(device) for device in devices.select_related("telecentre")])


def _write(stick: Path, heard: Iterable[Heard]) -> list[str]:
    names = []
    for item in heard:
        if ages := recipients_of(item.device):  # else its software knows nothing of sticks
            path = answer_path(stick, item.device.pk)
            sealed = seal_answer(
                answer_document(item),
                asked=asked_by_stick(item.device.pk.hex),
                keys=own_keys(SYNC),
                recipients=ages,
            )
            write_checked(path, sealed)
            names.append(path.name)
    return names


def answer_document(heard: Heard) -> dict[str, Any]:
    """What an answer over HTTP holds, for all streams of the device at once."""
    device = heard.device
    return {
        "device": device.pk.hex,
        "epochs": _cursors(heard),
        "rejected": heard.rejected,
        **heard.keys,
        "server_time": server_time(),
        "box": centre_recipients(),
        "down": news_for(device.telecentre, heard.have) if device.telecentre else [],
    }


def _cursors(heard: Heard) -> list[dict[str, Any]]:
    """Epochs we were told of and hold nothing of, are told too: with 0."""
    held = {epoch.pk: epoch for epoch in Epoch.objects.filter(device=heard.device)}
    return [
        _cursor(epoch_id, held.get(epoch_id), seen=heard.seen.get(epoch_id, 0))
        for epoch_id in sorted({*held, *heard.epochs})
    ]


def _cursor(epoch_id: UUID, epoch: Epoch | None, *, seen: int) -> dict[str, Any]:
    cursor = {
        "epoch": epoch_id.hex,
        "stored": epoch.last_sequence if epoch else 0,
        "durable": epoch.durable if epoch else 0,
        "h": bytes(epoch.last_hash if epoch else FIRST_HASH).hex(),
    }
    if epoch and 0 < seen < epoch.last_sequence:
        found = held_hashes(epoch, seen, seen).get(seen, b"")
        cursor["seen"] = [seen, found.hex()[:MARK_CHARS]]
    return cursor
