"""The only door to blob bytes: named by their SHA-256, immutable once there.

``<folder>/ab/<sha256>`` exists only when complete: bytes are written beside, flushed to the disk,
and renamed into place. Existence is asked of the file system, never of the database.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from courses.conf import blob_folder
from courses.errors import BlobMismatchError, BlobMissingError
from courses.models import Blob
from courses.outline import BlobRef

CHUNK = 1024 * 1024
ROWS = 500  # in one statement


def blob_path(sha256: str) -> Path:
    """Where the blob lies, or would lie."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):  # noqa: PLR2004
        raise BlobMissingError(sha256)
    return blob_folder() / sha256[:2] / sha256


def has_blob(sha256: str) -> bool:
    return blob_path(sha256).is_file()


def open_blob(sha256: str) -> IO[bytes]:
    """The blob's bytes, for reading; raises ``BlobMissingError``, also when the disk fails."""
    try:
        return blob_path(sha256).open("rb")
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EIO):
            raise
        raise BlobMissingError(sha256) from error


def read_blob(sha256: str) -> bytes:
    """All of a small blob, checked; raises ``BlobMissingError`` or ``BlobMismatchError``."""
    with open_blob(sha256) as blob:
        try:
            content = blob.read()
        except OSError as error:
            raise BlobMissingError(sha256) from error
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:  # cards rot
        raise BlobMismatchError(expected=sha256, actual=actual)
    return content


def store_bytes(content: bytes, media_type: str) -> BlobRef:
    return store_blob(BytesIO(content), media_type)


def store_blob(stream: IO[bytes], media_type: str, *, expected: str | None = None) -> BlobRef:
    """Keep a stream's bytes, durably, and note what they are.

    Raises ``BlobMismatchError`` when ``expected`` is given and the bytes hash to something else;
    then nothing is kept.
    """
    folder = blob_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size = _copy_hashed(stream, target)
            target.flush()
            os.fsync(target.fileno())
        if expected not in (None, sha256):
            raise BlobMismatchError(expected=str(expected), actual=sha256)
        place_blob(temporary, sha256)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    ref = BlobRef(sha256=sha256, size=size, media_type=media_type)
    note_blobs([ref])
    return ref


def place_blob(source: Path, sha256: str) -> None:
    """Rename a flushed, verified file into the store; a blob already there stays."""
    target = blob_path(sha256)
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o444)
    source.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def note_blobs(refs: list[BlobRef]) -> None:
    """Write down size and type of blobs; the first word on a blob stays."""
    Blob.objects.bulk_create(
        [Blob(sha256=ref.sha256, size=ref.size, media_type=ref.media_type) for ref in refs],
        ignore_conflicts=True,
        batch_size=ROWS,
    )


def note_unknown_blobs(refs: list[BlobRef]) -> None:
    """The same for many of which most are known: these cost a look, not a row."""
    for start in range(0, len(refs), ROWS):
        some = refs[start : start + ROWS]
        known = set(Blob.objects.in_bulk([ref.sha256 for ref in some]))
        note_blobs([ref for ref in some if ref.sha256 not in known])


def stored_blobs() -> Iterator[str]:
    """The SHA-256 of every blob on disk."""
    for folder in sorted(blob_folder().glob("[0-9a-f][0-9a-f]")):
        yield from sorted(entry.name for entry in os.scandir(folder) if entry.is_file())


def _copy_hashed(stream: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
