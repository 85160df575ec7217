"""Packs for tests, honest and otherwise."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from offline_pack.format import archive
from offline_pack.format.manifest import PAYLOAD_TYPE, Manifest, Requires
from offline_pack.format.signing import (
    PACKS,
    SigningKey,
    TrustedKeys,
    VerifyingKey,
    encode_envelope,
    signed_by,
)
from offline_pack.format.storing import PackFile
from offline_pack.format.writer import BuiltPack, build_pack

KEY = SigningKey(b"\x01" * 32)
OTHER_KEY = SigningKey(b"\x02" * 32)
TRUSTED = TrustedKeys([VerifyingKey(KEY.public, PACKS, "Centre de test")])

COURSE = b'{"schema": 1, "title": "Maintenance"}' + b" " * 400


def noise(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pack_file(path: str, content: bytes, media_type: str = "image/webp") -> PackFile:
    return PackFile(path, sha256(content), len(content), media_type, lambda: BytesIO(content))


def files() -> list[PackFile]:
    """A course, a picture, a large video, a text that compresses, an empty file, a repetition."""
    return [
        pack_file("course.json", COURSE, "application/json"),
        pack_file("media/image.webp", noise(5_000)),
        pack_file("media/video.mp4", noise(200_000, seed=2), "video/mp4"),
        pack_file("media/texte.html", b"<p>Bonjour</p>" * 10_000, "text/html"),
        pack_file("media/vide.bin", b"", "application/octet-stream"),
        pack_file("media/encore.webp", noise(5_000)),
    ]


def inputs(**changes: object) -> Manifest:
    values: dict = {
        "pack": UUID("5b0e6f5e-8a3c-4a10-9a55-0d9b6c0f1a01"),
        "rev": 3,
        "released_at": datetime(2026, 2, 3, 10, 30, tzinfo=UTC),
        "title": {"fr": "Maintenance informatique"},
        "langs": ("fr",),
        "default_lang": "fr",
        "course": sha256(COURSE),
        "requires": Requires(course_schema=(1,)),
    }
    return Manifest(**values | changes)


def build(path: Path, *, key: SigningKey = KEY, **changes: object) -> BuiltPack:
    return build_pack(path, inputs=inputs(**changes), files=files(), key=key)


def manifest_document(path: Path) -> dict:
    """The manifest of a pack, as parsed JSON, read the simplest way."""
    with path.open("rb") as pack:
        fixed = archive.LOCAL_HEADER.unpack(pack.read(archive.LOCAL_HEADER.size))
        pack.read(fixed[-2] + fixed[-1])
        return json.loads(pack.read(fixed[-4]))


def hostile_pack(path: Path, manifest: bytes, *, tail: bytes = b"", key: SigningKey = KEY) -> Path:
    """A well-signed pack around any manifest; ``tail`` stands where the blobs should."""
    signature = encode_envelope(signed_by(PAYLOAD_TYPE, manifest, [key]))
    content = b""
    for name, data in (
        (archive.MANIFEST_NAME, manifest),
        (archive.SIGNATURE_NAME, signature),
    ):
        entry = archive.place(name, at=len(content), size=len(data), aligned=False)
        content += archive.local_header(entry, crc=0) + data
    path.write_bytes(content + tail)
    return path


def change_byte(path: Path, offset: int, *, flip: int = 0x01) -> None:
    with path.open("r+b") as pack:
        pack.seek(offset)
        byte = pack.read(1)[0]
        pack.seek(offset)
        pack.write(bytes([byte ^ flip]))
