"""One pack from one address: what is lacking is fetched, then installed as from a stick."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from offline_pack.errors import ImportBusyError
from offline_pack.format.errors import PackDamagedError
from offline_pack.format.manifest import BlobEntry
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.importer import (
    Arrived,
    Installed,
    check_order,
    install,
    newest_releases,
    one_import,
    read_outline,
)
from offline_pack.installing.left_out import course_in_use, groups_left_out
from offline_pack.installing.taking import take_blobs
from offline_pack.installing.withdrawing import check_not_withdrawn
from offline_pack.remote.client import Client
from offline_pack.remote.drafts import Draft, drafts_of, finish
from offline_pack.remote.errors import (
    DownloadDamagedError,
    FileChangedError,
    FileTooShortError,
    PackGoneError,
)
from offline_pack.remote.fetching import Fetcher, take_from_head
from offline_pack.remote.head import Head
from offline_pack.remote.lines import Patience
from offline_pack.remote.notes import forget_room
from offline_pack.remote.opening import open_remote
from offline_pack.remote.runs import LONGEST, bytes_to_fetch
from offline_pack.remote.tally import Tally
from offline_pack.store import contents
from offline_pack.store.pieces import Pieces

CHANGES = 4  # times that the file may change under our hands
BELIEVED_CHANGES = 2  # then the server names the same bytes differently: the hashes will do


class Download:
    """Brings packs; ``client``, ``patience`` and ``tally`` serve one after the other."""

    def __init__(
        self, client: Client, patience: Patience, *, trusted: TrustedKeys, tally: Tally
    ) -> None:
        self._client, self._patience = client, patience
        self._trusted, self._tally = trusted, tally

    def bring(self, address: str) -> Installed | Arrived:
        """Install the pack at that address; what was fetched stays here when that fails.

        Raises ``DownloadError``, ``PackFormatError`` or ``OfflinePackError``.
        """
        changes = 0
        while True:
            with self._head(address) as head:
                try:
                    installed = self._bring(head, has_etags=changes < BELIEVED_CHANGES)
                except (FileChangedError, FileTooShortError, FileNotFoundError):
                    # FileNotFoundError: the pieces went, since a stick brought the same pack.
                    changes += 1
                    if changes == CHANGES:
                        raise
                    head.clear()
                except PackGoneError as error:
                    if error.is_withdrawn:
                        forget_room(head.note.seen().manifest_sha256)
                        head.note.forget()
                    raise
                else:
                    head.note.forget()
                    return installed

    def cost(self, address: str) -> int:
        """Bytes that are still to be fetched from there, now that its head is here."""
        with self._head(address) as head:
            pack = open_remote(head, trusted=self._trusted)
            drafts = drafts_of(_missing(pack), Pieces(pack))
            begun = [draft for draft in drafts if draft.volume or draft.end > head.length]
            return bytes_to_fetch(begun)

    def _head(self, address: str) -> Head:
        return Head(address, client=self._client, patience=self._patience)

    def _bring(self, head: Head, *, has_etags: bool) -> Installed | Arrived:
        pack = open_remote(head, trusted=self._trusted)
        check_not_withdrawn(pack.manifest.pack, rev=pack.manifest.rev)
        check_order(pack.manifest, newest=newest_releases().get(pack.manifest.pack))
        fetcher = Fetcher(
            head.address, client=self._client, patience=self._patience, has_etags=has_etags
        )
        damaged: set[str] = set()
        while True:
            try:
                self._fetch(pack, head, fetcher)
                with one_import():
                    return install(pack, check_all=False, without=_left_out(pack))
            except PackDamagedError as error:
                if damaged & set(error.damaged):
                    raise DownloadDamagedError(head.address, damaged=error.damaged) from error
                damaged |= set(error.damaged)
                head.clear()

    def _fetch(self, pack: PackReader, head: Head, fetcher: Fetcher) -> None:
        """Bring all pieces that are lacking; from time to time whole files enter the store."""
        missing = _missing(pack)
        if not missing:
            return
        pieces = Pieces(pack)
        drafts = drafts_of(missing, pieces)
        check_room(pack, missing, drafts)
        pieces.begin()
        lacking = finish(drafts)
        take_from_head(head, lacking)
        stored = sum(blob.stored for blob in missing)
        self._tally.expect(done=stored - _left(lacking), total=stored)
        document = [draft for draft in lacking if draft.sha256 == pack.manifest.course]
        fetcher.fetch(document, brought=self._tally.brought)
        read_outline(pack)  # before much is fetched for a course that cannot be used
        while _left(lacking):
            fetcher.fetch(lacking, brought=self._tally.brought)
            if _left(lacking):
                _settle(pack, missing, pieces)


def check_room(pack: PackReader, missing: tuple[BlobEntry, ...], drafts: Sequence[Draft]) -> None:
    """Room for what comes and for the files that it becomes, before a byte of it is fetched.

    Pieces give way to files a batch at a time, so they are never all here at once.
    """
    waiting = min(_left(drafts), LONGEST + max(blob.stored for blob in missing))
    room = contents.room_for(pack.manifest, missing)
    contents.check_room(replace(room, needed=room.needed + waiting))


def _settle(pack: PackReader, missing: tuple[BlobEntry, ...], pieces: Pieces) -> None:
    """Let whole files enter the store, unless somebody else holds it just now."""
    here = (blob for blob in missing if pack.is_at_hand(blob))
    whole = tuple(blob for blob in here if not contents.is_stored(blob))
    with suppress(ImportBusyError), one_import():
        take_blobs(pack, whole, pieces=pieces, check_all=False)


def _missing(pack: PackReader) -> tuple[BlobEntry, ...]:
    return contents.missing_blobs(pack.manifest, without=_left_out(pack))


def _left_out(pack: PackReader) -> frozenset[str]:
    return groups_left_out(course_in_use(pack.manifest.pack))


def _left(drafts: Sequence[Draft]) -> int:
    return sum(draft.left for draft in drafts)
