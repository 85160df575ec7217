"""Bring the wanted ranges of a pack, request by request, straight into its pieces' drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from offline_pack.format.volumes import volume_name
from offline_pack.remote.answers import Answer
from offline_pack.remote.client import CHUNK, Client
from offline_pack.remote.drafts import Draft
from offline_pack.remote.errors import (
    FileChangedError,
    LineCutError,
    PassingError,
    WrongRangeError,
)
from offline_pack.remote.head import Head
from offline_pack.remote.lines import Patience
from offline_pack.remote.notes import AddressNote
from offline_pack.remote.runs import LONGEST, runs_of

WRONG_RANGES = 2  # after so many wrong ones, ranges are no longer asked for

Brought = Callable[[int], None]
"""Told of bytes that came and are kept."""


class Fetcher:
    """The volumes of one pack at one address."""

    def __init__(
        self, address: str, *, client: Client, patience: Patience, has_etags: bool = True
    ) -> None:
        self.address = address
        self._client, self._patience, self._has_etags = client, patience, has_etags
        self._wrong_ranges = 0

    def fetch(self, drafts: Sequence[Draft], *, brought: Brought, at_most: int = LONGEST) -> None:
        """Fetch drafts, which come in order, until about ``at_most`` bytes are here.

        Raises a ``DownloadError``, ``FileChangedError`` above all when the first volume is
        another file by now; what came is kept in the drafts.
        """
        left = at_most
        while left > 0 and (wanted := [draft for draft in drafts if draft.left]):
            before = sum(draft.left for draft in wanted)
            try:
                self._request(wanted, brought=brought)
            except FileChangedError:
                raise
            except PassingError as error:
                if isinstance(error, WrongRangeError):
                    self._wrong_ranges += 1
                self._patience.bear(error)
            left -= before - sum(draft.left for draft in wanted)

    def _request(self, wanted: list[Draft], *, brought: Brought) -> None:
        run = next(runs_of(wanted))
        address = volume_address(self.address, run.volume)
        note = AddressNote(address)
        has_ranges = self._wrong_ranges < WRONG_RANGES
        try:
            answer = self._client.get(
                address,
                start=run.start,
                end=run.end if has_ranges else None,
                etag=note.seen().etag if self._has_etags else "",
            )
        except FileChangedError as error:
            note.write(replace(note.seen(), etag=error.etag))
            if run.volume:
                return  # its blobs are checked by hash: go on with the file as it is now
            raise
        note.write(replace(note.seen(), etag=answer.etag))
        targets = run.drafts
        if answer.is_whole:  # all of it flows by: keep whatever is wanted
            targets = tuple(draft for draft in wanted if draft.volume == run.volume)
        self._pour(answer, targets, brought=brought)

    def _pour(self, answer: Answer, drafts: tuple[Draft, ...], *, brought: Brought) -> None:
        """Write what comes into the drafts that want it, and drop what lies between."""
        place, index = answer.start, 0
        try:
            for chunk in self._client.chunks(answer):
                self._patience.look()
                end = place + len(chunk)
                while index < len(drafts) and drafts[index].next < end:
                    draft = drafts[index]
                    data = memoryview(chunk)[draft.next - place :][: draft.left]
                    draft.add(data)
                    self._patience.hope()
                    brought(len(data))
                    index += not draft.left
                place = end
                if index == len(drafts):
                    return
        finally:
            for draft in drafts:
                draft.close()
        raise LineCutError(answer.address, reason="the file ended too early")


def take_from_head(head: Head, drafts: Sequence[Draft]) -> None:
    """Put into the drafts what stands among the first bytes of the first volume."""
    for draft in drafts:
        if draft.volume:
            continue
        while draft.left and (data := head.held(draft.next, min(draft.left, CHUNK))):
            draft.add(data)
        draft.close()


def volume_address(address: str, number: int) -> str:
    """Where volume ``number``, from 0, stands beside the first."""
    parts = urlsplit(address)
    folder, slash, name = parts.path.rpartition("/")
    return urlunsplit(parts._replace(path=f"{folder}{slash}{volume_name(name, number)}"))
