"""One at a time on this machine; the lock ends with its process, however that ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from offline_pack.conf import data_folder


class LockedError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def machine_lock(name: str, *, waits: bool = False) -> Iterator[None]:
    """Hold ``<data>/locks/<name>``.

    When another process does, it waits for it or raises ``LockedError`` at once.
    """
    folder = data_folder() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("ab") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LockedError(name) from error
        yield
