"""The first bytes of a pack at an address: fetched as far as somebody reads, and kept."""

from __future__ import annotations

import os
from dataclasses import replace

from offline_pack.format.closing import Closing
from offline_pack.format.errors import PackSizeError
from offline_pack.remote.client import Client
from offline_pack.remote.errors import FileChangedError, FileTooShortError, LineCutError
from offline_pack.remote.lines import Patience
from offline_pack.remote.notes import AddressNote

FIRST = 16 * 1024  # bytes asked for before anything is known
AHEAD = 8 * 1024  # bytes asked for beyond what is read: a signature, a page for people
_UNKNOWN = 2**62


class Head(Closing):
    """A ``ByteSource`` over the start of the file; what came before is not fetched again."""

    def __init__(self, address: str, *, client: Client, patience: Patience) -> None:
        self.size = _UNKNOWN  # bytes of the file, once the server has said so
        self.note = AddressNote(address)
        self.address, self._client, self._patience = address, client, patience
        self.note.head.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self.note.head, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self.was_kept = self.length > 0

    def close(self) -> None:
        os.close(self._handle)

    @property
    def length(self) -> int:
        """How many of the first bytes are here."""
        return os.fstat(self._handle).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Raises ``PackSizeError`` beyond the end, and ``DownloadError``."""
        end = offset + length
        while self.length < min(end, self.size):
            self._patience.trying(lambda: self._fetch(max(end + AHEAD, FIRST)))
        if end > self.size:
            raise PackSizeError(expected=end, actual=self.size)
        return self.held(offset, length)

    def held(self, offset: int, length: int) -> bytes:
        """As many of these bytes as are here."""
        return os.pread(self._handle, length, offset)

    def clear(self) -> None:
        """Forget the bytes: they are damaged, or of another file by now."""
        os.ftruncate(self._handle, 0)
        self.size, self.was_kept = _UNKNOWN, False
        self.note.write(replace(self.note.seen(), etag=""))

    def _fetch(self, end: int) -> None:
        start = self.length
        try:
            answer = self._client.get(
                self.address, start=start, end=end, etag=self.note.seen().etag if start else ""
            )
        except FileChangedError:
            self.clear()
            raise
        except FileTooShortError as error:
            if not start:
                raise
            self.clear()  # another file by now, and a shorter one
            raise FileChangedError(self.address, etag="") from error
        self.size = answer.size or self.size
        self.note.write(replace(self.note.seen(), etag=answer.etag))
        place = answer.start
        for chunk in self._client.chunks(answer):
            place = self._keep(chunk, place)
            if place >= end:
                break
        if self.length == start:
            raise LineCutError(self.address, reason="nothing new came")

    def _keep(self, chunk: bytes, place: int) -> int:
        """Append what is new of a chunk that stands at ``place``; returns where it ends."""
        end, have = place + len(chunk), self.length
        if end > have:
            os.pwrite(self._handle, chunk[max(0, have - place) :], have)
            self._patience.hope()
        return end
