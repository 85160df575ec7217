"""Boxes and answers as the other side would write them, for this process."""

from __future__ import annotations

from pathlib import Path

import pyrage

from lms.models import Statement
from lms.recording import own_device, own_epoch
from offline_pack.box.container import SignedBatch, asked_by_stick, seal_answer, seal_box
from offline_pack.format.signing import SYNC
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.trust.age_keys import centre_recipients, own_recipient
from offline_pack.trust.keys import own_key
from tests.offline_pack.sync.devices import BOX, RemoteDevice

ANSWERED_AT = 1_790_000_000_000


def signed(device: RemoteDevice, body: bytes) -> SignedBatch:
    return SignedBatch(sign_request(device.key, request_payload("POST", BOX, body)), body)


def put_box(
    stick: Path,
    device: RemoteDevice,
    *bodies: bytes,
    name: str = "",
    recipients: list[str] | None = None,
) -> Path:
    """With the bodies given, or with the whole stream."""
    batches = [signed(device, body) for body in bodies or (device.body(),)]
    folder = stick / "YELEN-OUT"
    folder.mkdir(exist_ok=True)
    path = folder / (name or f"baobab-{device.id.hex}-{len(list(folder.iterdir()))}.yelenbox")
    path.write_bytes(seal_box(batches, recipients=recipients or centre_recipients()))
    return path


def new_identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def put_answer(stick, *epochs, device=None, key=None, at=ANSWERED_AT, recipient=None, down=()):
    device = device or own_device().pk.hex
    document = {"epochs": list(epochs), "server_time": at, "down": list(down)}
    path = stick / "YELEN-IN" / f"{own_device().pk.hex}.yelenack"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(
        seal_answer(
            document,
            asked=asked_by_stick(device),
            keys=[key or own_key(SYNC)],
            recipients=[recipient or own_recipient()],
        )
    )
    return path


def cursor(stored, epoch=None, *, chain_hash=None, seen=None):
    epoch = epoch or own_epoch()
    if chain_hash is None:
        found = Statement.objects.filter(epoch=epoch, sequence=stored).first()
        chain_hash = bytes(found.chain_hash) if found else bytes(32)
    told = {"epoch": epoch.pk.hex, "stored": stored, "durable": 0, "h": chain_hash.hex()}
    return told | ({"seen": seen} if seen else {})
