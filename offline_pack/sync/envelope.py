"""The envelope of a batch: header line, fact lines, one compressed frame."""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lms.fact import canonical_text
from offline_pack.format.errors import PackFormatError
from offline_pack.format.strictjson import loads
from offline_pack.sync.rotation import Rotation

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PROTOCOLS = (1,)
CONTENT_TYPE = "application/vnd.yelen.box"
ANSWER_CONTENT_TYPE = "application/vnd.yelen.answer"
USUAL_FACTS = 500
MAX_FACTS = 1000
LEVEL = 15  # for 500 facts: 42 bytes each in 18 ms; level 9 gives 52 in 2, level 19 41 in 100
GOOD_SIZE = 256 * 1024  # bytes of a compressed body: what a sender aims at
MAX_BODY = 1024 * 1024  # bytes of a compressed body: what a centre accepts
MAX_RAW = 16 * 1024 * 1024  # bytes, decompressed
MAX_LINE = 256 * 1024  # bytes of one fact; a longer one is set aside
MAX_HEADER = 16 * 1024
MAX_ANSWER = 8 * 1024 * 1024  # compressed; a roster of thousands is far below
MAX_RAW_ANSWER = 64 * 1024 * 1024
MAX_VALUES = 4_000_000  # in the JSON of an answer
UNPROVEN_VALUES = 1000  # in a refusal, or a centre's decision on a request
_WINDOW_LOG_MAX = 23
_GZIP = b"\x1f\x8b"
_HASH_BYTES = 32
_MAX_VERSION = 2**31 - 1


class MalformedBatchError(ValueError):
    """Not a batch; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Header:
    to: str  # key id of the centre's sync key
    device: UUID
    epoch: UUID
    first_seq: int
    n: int
    prev_h: bytes
    last_h: bytes
    left: int  # facts still waiting after this batch
    boot: UUID
    mono: int
    wall: int
    clockq: int
    software: str = ""
    schema: int = 1
    have: dict[str, tuple[int, str]] = field(default_factory=dict)  # kind -> version, digest
    cursor_seen: int = 0
    proto: tuple[int, ...] = PROTOCOLS
    installed: dict[UUID, int] | None = None  # course -> version in use; None: not said
    age: str = ""  # for whom answers on a stick are sealed
    skip: tuple[str, ...] = ()  # kinds of snapshot that came in this exchange already
    trouble: str = ""  # why this device could not use what came last time
    erased: tuple[UUID, ...] = ()  # learners forgotten there whom the roster held does not name
    rotate: Rotation | None = None  # new keys for this device
    # On a stick: how far this device believes each of its streams to be held.
    cursors_seen: dict[UUID, int] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        document = {
            "proto": list(self.proto),
            "to": self.to,
            "device": self.device.hex,
            "epoch": self.epoch.hex,
            "first_seq": self.first_seq,
            "n": self.n,
            "prev_h": self.prev_h.hex(),
            "last_h": self.last_h.hex(),
            "left": self.left,
            "boot": self.boot.hex,
            "mono": self.mono,
            "wall": self.wall,
            "clockq": self.clockq,
            "sw": self.software,
            "schema": self.schema,
            "have": {kind: list(held) for kind, held in self.have.items()},
            "cursor_seen": self.cursor_seen,
        }
        if self.age:
            document["age"] = self.age
        if self.installed is not None:
            document["installed"] = {
                course.hex: version for course, version in self.installed.items()
            }
        if self.skip:
            document["skip"] = list(self.skip)
        if self.rotate:
            document["rotate"] = self.rotate.to_wire()
        if self.trouble:
            document["trouble"] = self.trouble
        if self.erased:
            document["erased"] = [learner.hex for learner in self.erased]
        if self.cursors_seen:
            document["cursors_seen"] = {pk.hex: seen for pk, seen in self.cursors_seen.items()}
        return document

    @classmethod
    def from_wire(cls, document: dict[str, Any]) -> Header:
        """Raises ``MalformedBatchError``; unknown keys are passed over, as a newer device's."""
        try:
            return cls(
                proto=tuple(whole(number) for number in document["proto"]),
                to=str(document["to"]),
                device=UUID(document["device"]),
                epoch=UUID(document["epoch"]),
                first_seq=whole(document["first_seq"], least=1),
                n=whole(document["n"], most=MAX_FACTS),
                prev_h=_hash(document["prev_h"]),
                last_h=_hash(document["last_h"]),
                left=whole(document.get("left", 0)),
                boot=UUID(document["boot"]),
                mono=whole(document["mono"]),
                wall=whole(document["wall"], least=-(2**62)),
                clockq=whole(document["clockq"], most=3),
                software=_text(document.get("sw", ""), 40),
                schema=whole(document.get("schema", 1)),
                have={
                    _text(kind, 20): (whole(held[0]), _text(held[1], 64))
                    for kind, held in dict(document.get("have", {})).items()
                },
                cursor_seen=whole(document.get("cursor_seen", 0)),
                installed=_installed(document.get("installed")),
                age=_text(document.get("age", ""), 100),
                skip=tuple(str(kind) for kind in list(document.get("skip", []))),
                trouble=_text(document.get("trouble", ""), 20),
                erased=tuple(UUID(item) for item in list(document.get("erased", []))),
                rotate=Rotation.from_wire(told) if (told := document.get("rotate")) else None,
                cursors_seen={
                    UUID(epoch): whole(seen)
                    for epoch, seen in dict(document.get("cursors_seen", {})).items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise MalformedBatchError(f"header: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Batch:
    header: Header
    lines: tuple[bytes, ...]  # one fact each, as it came, without line end

    def chain(self) -> list[bytes]:
        """The chain hash after each line."""
        hashes: list[bytes] = []
        previous = self.header.prev_h
        for line in self.lines:
            previous = hashlib.sha256(previous + line).digest()
            hashes.append(previous)
        return hashes


def whole(value: Any, *, least: int = 0, most: int = 2**53 - 1) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"a whole number from {least} to {most} is expected")
    return value


def encode_batch(header: Header, lines: Sequence[bytes]) -> bytes:
    """The body that travels."""
    head = canonical_text(header.to_wire()).encode("ascii")
    return zstd.compress(b"".join(line + b"\n" for line in (head, *lines)), level=LEVEL)


def decode_batch(body: bytes) -> Batch:
    """Raises ``MalformedBatchError``. Facts are not looked into; the chain is checked."""
    raw = expand(body, limit=MAX_RAW)
    head, *lines = _lines(raw)
    try:
        document = json.loads(head) if len(head) <= MAX_HEADER else None
    except (ValueError, RecursionError) as error:
        raise MalformedBatchError("the header is not JSON") from error
    if not isinstance(document, dict):
        raise MalformedBatchError("the header is not an object")
    batch = Batch(Header.from_wire(document), tuple(lines))
    if len(lines) != batch.header.n:
        raise MalformedBatchError(f"{batch.header.n} facts announced, {len(lines)} found")
    if (batch.chain() or [batch.header.prev_h])[-1] != batch.header.last_h:
        raise MalformedBatchError("the facts do not fit the hashes in the header")
    return batch


def encode_answer(document: dict[str, Any]) -> bytes:
    return zstd.compress(canonical_text(document).encode("ascii"), level=LEVEL)


def decode_answer(body: bytes, *, most_values: int = MAX_VALUES) -> dict[str, Any]:
    """Raises ``MalformedBatchError``.

    ``most_values`` are those of an answer whose signature was found good; ``UNPROVEN_VALUES``
    for another.
    """
    raw = expand(body, limit=MAX_RAW_ANSWER)
    try:
        return loads(raw, max_size=MAX_RAW_ANSWER, max_depth=32, max_values=most_values)
    except PackFormatError as error:
        raise MalformedBatchError(str(error)) from error


def _lines(raw: bytes) -> list[bytes]:
    if not raw.endswith(b"\n"):
        raise MalformedBatchError("the last line has no end")
    if raw.count(b"\n") > MAX_FACTS + 1:
        raise MalformedBatchError(f"more than {MAX_FACTS} facts")
    return raw[:-1].split(b"\n")


def compress(raw: bytes) -> bytes:
    return zstd.compress(raw, level=LEVEL)


def expand(body: bytes, *, limit: int) -> bytes:
    """Decompress, never past ``limit`` bytes; raises ``MalformedBatchError``."""
    try:
        raw, ended = _gunzip(body, limit) if body.startswith(_GZIP) else _unzstd(body, limit)
    except (zstd.ZstdError, zlib.error) as error:
        raise MalformedBatchError("it cannot be decompressed") from error
    if len(raw) > limit:
        raise MalformedBatchError(f"more than {limit} bytes come out")
    if not ended:
        raise MalformedBatchError("it ends too early, or something follows")
    return raw


def _unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    options = {int(zstd.DecompressionParameter.window_log_max): _WINDOW_LOG_MAX}
    decompressor = zstd.ZstdDecompressor(options=options)
    raw = decompressor.decompress(body, max_length=limit + 1)
    return raw, decompressor.eof and not decompressor.unused_data


def _gunzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    decompressor = zlib.decompressobj(wbits=31)
    raw = decompressor.decompress(body, limit + 1)
    return raw, decompressor.eof and not decompressor.unused_data


def _installed(told: Any) -> dict[UUID, int] | None:
    if told is None:
        return None
    return {UUID(course): whole(version, most=_MAX_VERSION) for course, version in told.items()}


def _text(told: Any, longest: int) -> str:
    """What every database can hold of it: no NUL, no lone surrogate."""
    return "".join(letter for letter in str(told)[:longest] if letter.isprintable())


def _hash(text: Any) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != _HASH_BYTES:
        raise ValueError("a hash of 32 bytes is expected")
    return value
