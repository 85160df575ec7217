"""Which files a lesson may carry, as what they are served, and how their bytes begin.

A name is only a promise: the first bytes are looked at before a file is published.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import IO

AUDIO = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
}
VIDEO = {"mp4": "video/mp4", "webm": "video/webm"}
CAPTIONS = {"vtt": "text/vtt"}
FILES = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "csv": "text/csv",
    "txt": "text/plain",
}
ALL = AUDIO | VIDEO | CAPTIONS | FILES

_HEAD = 64
_ZIP = (b"PK\x03\x04",)
_BEGINNINGS = {
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"),
    "ogg": (b"OggS",),
    "opus": (b"OggS",),
    "webm": (b"\x1aE\xdf\xa3",),
    "vtt": (b"WEBVTT", b"\xef\xbb\xbfWEBVTT"),
    "pdf": (b"%PDF-",),
} | dict.fromkeys(("odt", "ods", "odp", "docx", "xlsx", "pptx", "epub", "zip"), _ZIP)


def extension_of(name: str) -> str:
    """Lower case, without the dot; empty when there is none."""
    return PurePosixPath(name).suffix[1:].lower()


def media_type_of(name: str) -> str:
    return ALL.get(extension_of(name), "application/octet-stream")


def is_what_it_says(name: str, stream: IO[bytes]) -> bool:
    """Whether the first bytes fit the name; plain text fits when it holds no zero byte."""
    extension = extension_of(name)
    head = stream.read(_HEAD)
    if extension in ("mp4", "m4a"):
        return head[4:8] == b"ftyp"
    if extension in ("csv", "txt"):
        return b"\0" not in head
    return head.startswith(_BEGINNINGS.get(extension, ()))
