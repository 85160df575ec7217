"""Boxes as a telecentre's server would write them, for a centre in this process."""

from __future__ import annotations

from pathlib import Path

import pyrage

from offline_pack.box.container import SignedBatch, seal_box
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.trust.age_keys import centre_recipients
from tests.offline_pack.sync.devices import BOX, RemoteDevice


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
