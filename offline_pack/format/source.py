"""Bytes of a pack, by range. Today from a file; a network source offers the same two methods."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from offline_pack.format.closing import Closing
from offline_pack.format.errors import PackReadError, PackSizeError, UnsafeFileError

CHUNK = 1024 * 1024  # bytes

Progress = Callable[[int, int], None]
"""Told how many bytes are done, of how many."""


class ByteSource(Protocol):
    """``size`` bytes that can be read from any place."""

    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes; raises ``PackSizeError`` beyond the end."""

    def close(self) -> None: ...


class FileSource(Closing):
    """An ordinary file, opened without following a link."""

    def __init__(self, path: Path) -> None:
        # O_NONBLOCK: opening a named pipe must not wait for a writer.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        try:
            self._handle = os.open(path, flags)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                raise UnsafeFileError(str(path)) from error
            raise PackReadError(os.strerror(error.errno or 0)) from error
        details = os.fstat(self._handle)
        if not stat.S_ISREG(details.st_mode):
            os.close(self._handle)
            raise UnsafeFileError(str(path))
        self.size = details.st_size

    def close(self) -> None:
        os.close(self._handle)

    def read(self, offset: int, length: int) -> bytes:
        if offset + length > self.size:
            raise PackSizeError(expected=offset + length, actual=self.size)
        try:
            data = os.pread(self._handle, length, offset)
        except OSError as error:  # the stick was pulled, or is failing
            raise PackReadError(os.strerror(error.errno or 0)) from error
        if len(data) != length:
            raise PackSizeError(expected=offset + length, actual=offset + len(data))
        return data


def chunks_of(source: ByteSource, *, offset: int, length: int) -> Iterator[bytes]:
    """The range, a piece at a time."""
    end = offset + length
    for place in range(offset, end, CHUNK):
        yield source.read(place, min(CHUNK, end - place))
