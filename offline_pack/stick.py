"""At the centre: packs onto the USB stick in this computer, checked before it is pulled out."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_pack.conf import data_folder, usb_folder
from offline_pack.errors import (
    StickDamagedError,
    StickFullError,
    StickMissingError,
    StickWriteError,
)
from offline_pack.format.source import Progress
from offline_pack.format.volumes import volume_name
from offline_pack.jobs import register_job
from offline_pack.making.generating import pack_path
from offline_pack.models import Pack
from offline_pack.store.contents import sync_folder
from offline_pack.trust.chain import encode_chain, held_chain
from offline_pack.trust.issuing import own_trust

STICK = "stick"
FOLDER = "Yelen"  # on the stick
TRUST_FILE = "yelen-trust.json"
_CHUNK = 1024 * 1024
_MARGIN = 64 * 1024  # bytes for folders and the like


@dataclass(frozen=True, slots=True)
class Copied:
    files: int
    bytes: int


def has_stick() -> bool:
    """Whether this computer is told where a stick shows up, and there is something there.

    The folder inside the data folder, which is the default, is no stick.
    """
    return usb_folder().is_dir() and not usb_folder().is_relative_to(data_folder())


def shown(path: Path) -> str:
    """As it may stand on a page: a stick may have any bytes for a name."""
    return os.fsencode(path).decode("utf-8", "replace")


def free_on_stick() -> int:
    """Bytes."""
    return shutil.disk_usage(usb_folder()).free


def copy_to_stick(packs: list[Pack], *, progress: Progress | None = None) -> Copied:
    """Copy the packs and the trust file, then read all of it back.

    When this returns, the stick may be pulled out. Raises ``StickMissingError``,
    ``StickFullError``, ``StickWriteError`` or ``StickDamagedError``; what was copied before stays.
    """
    if not has_stick():
        raise StickMissingError(str(usb_folder()))
    files = [(name, path) for pack in packs for name, path in _files(pack)]
    own_trust()
    trust = encode_chain(held_chain())
    _check_room([path for _name, path in files])
    meter = _Meter(sum(path.stat().st_size for _name, path in files), progress)
    folder = usb_folder() / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        _write(folder / TRUST_FILE, iter([trust]), meter=None)
        for name, path in files:
            _write(folder / name, _chunks(path), meter=meter)
        sync_folder(folder)
    except OSError as error:
        raise StickWriteError(os.strerror(error.errno or 0)) from error
    return Copied(files=len(files) + 1, bytes=meter.total // 2)


def write_checked(target: Path, data: bytes) -> None:
    """Write a small file, made whole or not at all, and read it back from the stick.

    When this returns, the stick may be pulled out. Raises ``StickMissingError``,
    ``StickFullError``, ``StickWriteError`` or ``StickDamagedError``; a file of that name that
    was there before stays then, unless it is the stick itself that lost it.
    """
    if not target.parent.parent.is_dir():
        raise StickMissingError(str(target.parent.parent))
    free = shutil.disk_usage(target.parent.parent).free
    if len(data) + _MARGIN > free:
        raise StickFullError(needed=len(data) + _MARGIN, free=free)
    try:
        target.parent.mkdir(exist_ok=True)
        sync_folder(target.parent.parent)
        _write(target, iter([data]), meter=None)
        if _hash_from_disk(target, None) != hashlib.sha256(data).digest():
            raise StickDamagedError(target.name)
    except OSError as error:
        raise StickWriteError(os.strerror(error.errno or 0)) from error


def _files(pack: Pack) -> Iterator[tuple[str, Path]]:
    for number in range(pack.volumes):
        path = pack_path(pack.manifest_sha256, volume=number)
        yield volume_name(pack.download_name, number), path


def _check_room(paths: list[Path]) -> None:
    """A name may stand on the stick already; it is replaced only once the new file is whole."""
    needed = sum(path.stat().st_size for path in paths) + _CHUNK
    if needed > free_on_stick():
        raise StickFullError(needed=needed, free=free_on_stick())


def _write(target: Path, chunks: Iterator[bytes], *, meter: _Meter | None) -> None:
    """Under another name until it is whole and read back the same."""
    draft = target.with_name(f"{target.name}.part")
    digest = hashlib.sha256()
    try:
        draft.unlink(missing_ok=True)  # left by a power cut, or a link put there by somebody
        with draft.open("xb") as opened:
            for chunk in chunks:
                opened.write(chunk)
                digest.update(chunk)
                if meter:
                    meter.add(len(chunk))
            opened.flush()
            os.fsync(opened.fileno())
        if _hash_from_disk(draft, meter) != digest.digest():
            raise StickDamagedError(target.name)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _hash_from_disk(path: Path, meter: _Meter | None) -> bytes:
    """Of the bytes as the stick gives them back, not as memory remembers them."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
            if meter:
                meter.add(len(chunk))
    return digest.digest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


class _Meter:
    """Each byte counts twice: written, and read back."""

    def __init__(self, size: int, progress: Progress | None) -> None:
        self.total, self._done, self._progress = 2 * size, 0, progress

    def add(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(self._done, self.total)


def _work(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    packs = list(Pack.objects.filter(pk__in=params["packs"]).select_related("course"))
    copied = copy_to_stick(packs, progress=progress)
    return {"files": copied.files, "bytes": copied.bytes}


register_job(STICK, _work)
