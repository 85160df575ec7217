"""What a disk says when it will not write, as errors that have words for people."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

from courses.conf import blob_folder
from offline_pack.conf import reserve_bytes
from offline_pack.errors import (
    NotEnoughFilesError,
    NotEnoughSpaceError,
    OfflinePackError,
    StoreWriteError,
)

_FULL = (errno.ENOSPC, errno.EDQUOT)
# SQLite's words for SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN and SQLITE_READONLY.
_NO_ROOM = "disk is full"
_FAULTS = ("disk I/O error", "unable to open database file", "readonly database")


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Raise ``NotEnoughSpaceError`` or ``StoreWriteError`` for what disk and database say."""
    try:
        yield
    except OSError as error:
        raise _no_room() if error.errno in _FULL else _refused(error) from error
    except OperationalError as error:
        if _NO_ROOM in str(error):
            raise _no_room() from error
        if any(words in str(error) for words in _FAULTS):
            raise StoreWriteError(str(error)) from error
        raise


def _no_room() -> OfflinePackError:
    disk = os.statvfs(blob_folder())
    if disk.f_files and not disk.f_favail:
        return NotEnoughFilesError(needed=1, free=0)
    free = disk.f_bavail * disk.f_frsize
    return NotEnoughSpaceError(needed=free + max(reserve_bytes(), disk.f_frsize), free=free)


def _refused(error: OSError) -> OfflinePackError:
    return StoreWriteError(os.strerror(error.errno or 0))
