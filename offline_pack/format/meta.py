"""The head of a volume: who signed what, before anything of it is believed."""

from __future__ import annotations

from dataclasses import dataclass

from offline_pack.format import archive, strictjson
from offline_pack.format.errors import (
    MetaTooLargeError,
    NotAPackError,
    PackSizeError,
    StrictJSONError,
)
from offline_pack.format.manifest import MAX_MANIFEST
from offline_pack.format.signing import MAX_ENVELOPE
from offline_pack.format.source import ByteSource

MAX_EXTRAS = 80  # META entries behind the signature that are looked at
MAX_EXTRA = 64 * 1024  # bytes of one
_MAX_NAME = 200  # bytes


@dataclass(frozen=True, slots=True)
class Meta:
    """The META entries of a volume. Only the manifest is covered by the signature."""

    manifest: bytes
    envelope: bytes
    end: int  # the byte behind the signature
    volume: int = 0  # which one this says it is, from 0
    trust: tuple[bytes, ...] = ()  # trust documents, each to be checked for itself


def read_meta(source: ByteSource) -> Meta:
    """Read the head of a volume; raises a ``PackFormatError`` when it is none of a pack."""
    manifest, end = _required(source, archive.MANIFEST_NAME, at=0, limit=MAX_MANIFEST)
    envelope, end = _required(source, archive.SIGNATURE_NAME, at=end, limit=MAX_ENVELOPE)
    volume, trust = 0, []
    for name, content in _extras(source, at=end):
        if name == archive.VOLUME_NAME:
            volume = _number(content)
        elif name.startswith(archive.TRUST_FOLDER):
            trust.append(content)
    return Meta(manifest, envelope, end, volume, tuple(trust))


def _required(source: ByteSource, name: str, *, at: int, limit: int) -> tuple[bytes, int]:
    """The bytes of the entry whose header is at ``at``, and where they end."""
    header = _header(source, at)
    if header is None or header.name != name.encode("ascii"):
        raise NotAPackError("the file does not begin as a pack does")
    if header.size > limit:
        raise MetaTooLargeError(name, size=header.size, limit=limit)
    return source.read(header.data_at, header.size), header.data_at + header.size


def _extras(source: ByteSource, *, at: int) -> list[tuple[str, bytes]]:
    """Further META entries, as many as can be read: nothing signed says they are there."""
    found: list[tuple[str, bytes]] = []
    for _ in range(MAX_EXTRAS):
        try:
            header = _header(source, at)
            if header is None or not header.name.startswith(b"META/") or header.size > MAX_EXTRA:
                break
            found.append(
                (header.name.decode("ascii", "replace"), source.read(header.data_at, header.size))
            )
        except PackSizeError:
            break
        at = header.data_at + header.size
    return found


@dataclass(frozen=True, slots=True)
class _Header:
    name: bytes
    data_at: int
    size: int


def _header(source: ByteSource, at: int) -> _Header | None:
    """A local file header as a pack has them, or None."""
    fixed = source.read(at, archive.LOCAL_HEADER.size)
    magic, _, flags, method, *_, stored, raw, name_length, extra_length = (
        archive.LOCAL_HEADER.unpack(fixed)
    )
    if (magic, flags, method) != (archive.LOCAL_SIGNATURE, 0, 0) or stored != raw:
        return None
    if name_length > _MAX_NAME:
        return None
    name_at = at + len(fixed)
    return _Header(source.read(name_at, name_length), name_at + name_length + extra_length, stored)


def _number(content: bytes) -> int:
    try:
        number = strictjson.loads(content, max_size=200, max_depth=2, max_values=10).get("volume")
    except StrictJSONError:
        return 0
    return number if isinstance(number, int) and number >= 0 else 0
