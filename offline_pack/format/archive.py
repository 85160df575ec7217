"""The ZIP structure around a pack: byte-exact, so that a layout is known before it is written.

Source: PKWARE APPNOTE 6.3.10. Only what a pack needs: STORED entries, no flags, fixed timestamp.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

ALIGNMENT = 4096  # a block of most file systems: such a blob can be cloned instead of copied
ALIGN_FROM = 64 * 1024  # stored bytes

ZIP64_FROM = 0xFFFFFFFF  # numbers from here on do not fit the ordinary fields
ZIP64_ENTRIES = 0xFFFF

MANIFEST_NAME = "META/pack.json"
SIGNATURE_NAME = "META/pack.sig"
VOLUME_NAME = "META/volume.json"
TRUST_FOLDER = "META/trust/"
README_NAME = "META/LISEZMOI.txt"
BLOB_FOLDER = "blobs/"

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
END_LENGTH = _END.size + _END64.size + _LOCATOR64.size  # bytes at most behind the directory

LOCAL_SIGNATURE = b"PK\x03\x04"
_DATE = 0x0021  # 1980-01-01
_MADE_BY_UNIX = 0x0300
_MODE = 0o100644 << 16
_ALIGNMENT_EXTRA = 0xD935
LEAST_PADDING = 6  # bytes: the header of that extra field
_ZIP64_EXTRA = 1
_ZIP64_RECORD_EXTRA = 4 + 3 * 8
_VERSION = 20
_VERSION_ZIP64 = 45


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: where its header starts and how long its bytes are."""

    name: str  # ASCII
    header_at: int
    padding: int  # bytes in the local extra field before the data, 0 or at least 6
    size: int  # stored bytes
    zip64_from: int = ZIP64_FROM

    @property
    def data_at(self) -> int:
        return (
            self.header_at + _header_length(self.name, self.size, self.zip64_from) + self.padding
        )

    @property
    def end(self) -> int:
        return self.data_at + self.size


def place(name: str, *, at: int, size: int, aligned: bool, zip64_from: int = ZIP64_FROM) -> Entry:
    """The entry that starts at byte ``at``; if asked, the bytes of a large one are aligned."""
    padding = 0
    if aligned and size >= ALIGN_FROM:
        data_at = at + _header_length(name, size, zip64_from)
        if data_at % ALIGNMENT:
            least = data_at + LEAST_PADDING
            padding = LEAST_PADDING + (-least) % ALIGNMENT
    return Entry(name, at, padding, size, zip64_from)


def local_header(entry: Entry, *, crc: int) -> bytes:
    big = entry.size >= entry.zip64_from
    size = 0xFFFFFFFF if big else entry.size
    zip64 = struct.pack("<2H2Q", _ZIP64_EXTRA, 16, entry.size, entry.size) if big else b""
    extra = zip64 + _alignment_extra(entry.padding)
    name = entry.name.encode("ascii")
    version = _VERSION_ZIP64 if big else _VERSION
    fixed = LOCAL_HEADER.pack(
        LOCAL_SIGNATURE, version, 0, 0, 0, _DATE, crc, size, size, len(name), len(extra)
    )
    return fixed + name + extra


def record_length(name: str) -> int:
    """The most bytes that an entry of that name takes in the central directory."""
    return _CENTRAL_HEADER.size + len(name) + _ZIP64_RECORD_EXTRA


def directory_length(entries: list[Entry], *, zip64_from: int) -> int:
    """Bytes of the central directory of these entries."""
    return len(central_directory([(entry, 0) for entry in entries], zip64_from=zip64_from))


def central_directory(entries: list[tuple[Entry, int]], *, zip64_from: int) -> bytes:
    """Everything behind the last entry; ``entries`` come with their CRC-32."""
    at = entries[-1][0].end
    records = b"".join(_central_record(entry, crc) for entry, crc in entries)
    many = len(entries) >= ZIP64_ENTRIES
    far = at >= zip64_from or len(records) >= zip64_from
    end64 = b""
    if many or far:
        end64 = _END64.pack(
            b"PK\x06\x06",
            _END64.size - 12,
            _MADE_BY_UNIX | _VERSION_ZIP64,
            _VERSION_ZIP64,
            0,
            0,
            len(entries),
            len(entries),
            len(records),
            at,
        ) + _LOCATOR64.pack(b"PK\x06\x07", 0, at + len(records), 1)
    count = ZIP64_ENTRIES if many else len(entries)
    size, start = (0xFFFFFFFF, 0xFFFFFFFF) if far else (len(records), at)
    return records + end64 + _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0)


def _header_length(name: str, size: int, zip64_from: int) -> int:
    return LOCAL_HEADER.size + len(name) + (20 if size >= zip64_from else 0)


def _alignment_extra(padding: int) -> bytes:
    if not padding:
        return b""
    head = struct.pack("<3H", _ALIGNMENT_EXTRA, padding - 4, ALIGNMENT)
    return head + bytes(padding - len(head))


def _central_record(entry: Entry, crc: int) -> bytes:
    numbers, zip64 = [], b""
    for number in (entry.size, entry.size, entry.header_at):
        big = number >= entry.zip64_from
        numbers.append(0xFFFFFFFF if big else number)
        zip64 += struct.pack("<Q", number) if big else b""
    extra = struct.pack("<2H", _ZIP64_EXTRA, len(zip64)) + zip64 if zip64 else b""
    name = entry.name.encode("ascii")
    version = _VERSION_ZIP64 if extra else _VERSION
    size, _, header_at = numbers
    fixed = _CENTRAL_HEADER.pack(
        b"PK\x01\x02",
        _MADE_BY_UNIX | version,
        version,
        0,
        0,
        0,
        _DATE,
        crc,
        size,
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        _MODE,
        header_at,
    )
    return fixed + name + extra
