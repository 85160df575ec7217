"""A .h5p file as a zip archive that may be hostile.

Nothing is unpacked: members are streamed, and a name inside the archive is never a path on our
disk. What is unsafe is left out of ``members`` and told in ``faults``.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from courses.errors import H5PPackageError, PackageFault

Source = Path | IO[bytes]

CHUNK = 64 * 1024
_END_RECORD = struct.Struct("<4s4H2LH")  # PKZIP APPNOTE 4.3.16
_END64_RECORD = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_END64_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError,
)  # fmt: skip
"""What reading a damaged or hostile member may raise."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a package may be; sizes in bytes, once unpacked."""

    members: int = 10_000
    directory: int = 4 * 1024 * 1024  # the archive's own table of contents
    member: int = 1024 * 1024 * 1024
    total: int = 2 * 1024 * 1024 * 1024
    json: int = 4 * 1024 * 1024  # one JSON file, as it is read whole
    ratio: int = 100  # unpacked / packed
    ratio_from: int = 1024 * 1024  # smaller members may be packed as well as they like
    name: int = 400  # characters


@dataclass(slots=True)
class PackageArchive:
    """An open package. ``members`` holds the safe ones by path; of two namesakes, the last."""

    file: zipfile.ZipFile
    limits: Limits
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    faults: list[PackageFault] = field(default_factory=list)

    def stream(self, path: str) -> IO[bytes]:
        """The member's bytes; reading raises ``zipfile.BadZipFile`` and others when damaged."""
        return self.file.open(self.members[path])

    def read(self, path: str) -> bytes | None:
        """A small member, whole; None, with a fault, when it is damaged or too large."""
        if self.members[path].file_size > self.limits.json:
            self.faults.append(
                PackageFault("json-too-large", {"path": path, "limit": self.limits.json})
            )
            return None
        try:
            return self.file.read(self.members[path])
        except READ_ERRORS:
            self.faults.append(PackageFault("damaged", {"path": path}))
            return None

    def verify(self, path: str) -> None:
        """Read a member through, a chunk at a time, so that its check sum is compared."""
        try:
            with self.stream(path) as stream:
                while stream.read(CHUNK):
                    pass
        except READ_ERRORS:
            self.faults.append(PackageFault("damaged", {"path": path}))


@contextmanager
def open_archive(source: Source, *, limits: Limits) -> Iterator[PackageArchive]:
    """Open a package; raises ``H5PPackageError`` when it is no zip archive, or a huge one."""
    try:
        _check_directory_size(source, limits)
        file = zipfile.ZipFile(source)
    except (*READ_ERRORS, UnicodeDecodeError) as error:
        raise H5PPackageError([PackageFault("not-a-zip")]) from error
    with file:
        yield _sorted_out(file, limits)


def _sorted_out(file: zipfile.ZipFile, limits: Limits) -> PackageArchive:
    infos = file.infolist()
    if len(infos) > limits.members:
        raise H5PPackageError([
            PackageFault("too-many-members", {"count": len(infos), "limit": limits.members})
        ])  # fmt: skip
    archive = PackageArchive(file, limits)
    for info in infos:
        code = _danger(info, limits)
        if code:
            path = printable(info.filename)
            archive.faults.append(PackageFault(code, {"path": path, "limit": limits.member}))
        elif not info.is_dir() and not is_skipped(info.filename):
            archive.members[info.filename] = info
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        archive.faults.append(PackageFault("too-large", {"size": total, "limit": limits.total}))
        archive.members.clear()
    return archive


def _danger(info: zipfile.ZipInfo, limits: Limits) -> str | None:  # noqa: PLR0911 - a list of rules
    """The code of what makes this member unsafe, if anything does."""
    if is_unsafe(info.filename) or len(info.filename) > limits.name:
        return "unsafe-name"
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "special-file"
    if info.flag_bits & 0x1:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compression-method"
    if info.file_size > limits.member:
        return "member-too-large"
    packed = max(info.compress_size, 1)
    if info.file_size > limits.ratio_from and info.file_size > packed * limits.ratio:
        return "compression-ratio"
    return None


def is_unsafe(name: str) -> bool:
    """A name that would lead elsewhere if some tool took it for a path."""
    parts = name.removesuffix("/").split("/")
    return (
        any(part in ("", ".", "..") for part in parts)
        or "\\" in name
        or ":" in parts[0]
        or any(not character.isprintable() for character in name)
    )


def is_skipped(name: str) -> bool:
    """Whether the file, or a folder above it, is one that H5P hosts pass over (``__MACOSX``)."""
    return any(part.startswith((".", "_")) for part in name.split("/"))


def printable(name: str) -> str:
    """A hostile name made fit to show to a person."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name)
    return shown if len(shown) <= 120 else f"{shown[:117]}…"  # noqa: PLR2004


def _check_directory_size(source: Source, limits: Limits) -> None:
    """Refuse an archive whose table of contents alone would fill the memory."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            size = _directory_size(stream)
    else:
        size = _directory_size(source)
        source.seek(0)
    if size > limits.directory:
        raise H5PPackageError([
            PackageFault("directory-too-large", {"size": size, "limit": limits.directory})
        ])  # fmt: skip


def _directory_size(stream: IO[bytes]) -> int:
    """Bytes of the central directory, as ``zipfile`` is about to read it whole."""
    length = stream.seek(0, 2)
    start = max(0, length - _END_RECORD.size - 0xFFFF)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise zipfile.BadZipFile
    size = int(_END_RECORD.unpack_from(tail, at)[5])
    locator = at - _END64_LOCATOR.size
    if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        stream.seek(start + locator - _END64_RECORD.size)
        return max(size, int(_END64_RECORD.unpack(stream.read(_END64_RECORD.size))[8]))
    return size
