"""A course from an address, by whichever way needs fewer bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from offline_pack.errors import (
    CourseContentError,
    MissingBlobsError,
)
from offline_pack.format.errors import PackFormatError
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import Progress
from offline_pack.installing.importer import Arrived, Installed
from offline_pack.locking import LockedError, machine_lock
from offline_pack.remote.client import Client
from offline_pack.remote.deltas import fitting_deltas
from offline_pack.remote.download import Download
from offline_pack.remote.errors import (
    DownloadBusyError,
    DownloadDamagedError,
    DownloadRefusedError,
    FileTooShortError,
    PackGoneError,
)
from offline_pack.remote.lines import Patience
from offline_pack.remote.tally import Tally
from offline_pack.store.disk_words import disk_in_words

logger = logging.getLogger(__name__)

# What a delta may end with without the whole pack being any worse.
_OF_THE_DELTA = (
    PackFormatError,
    CourseContentError,
    MissingBlobsError,
    DownloadDamagedError,
    DownloadRefusedError,
    FileTooShortError,
    PackGoneError,
)


def import_remote(
    address: str,
    *,
    trusted: TrustedKeys,
    progress: Progress | None = None,
    client: Client | None = None,
    patience: Patience | None = None,
) -> Installed | Arrived:
    """Install the pack at that address, fetching only what is not here; goes on where it stopped.

    ``progress`` is told of bytes fetched, of all to be fetched; it may raise to end the download,
    which keeps what came. Raises ``DownloadError``, ``DownloadBusyError``, or what an import may.
    """
    tally = Tally(progress)
    patience = patience or Patience()
    patience.look = tally.tell
    with _one_download(), disk_in_words(), client or Client() as opened:
        download = Download(opened, patience, trusted=trusted, tally=tally)
        for delta in fitting_deltas(address):
            if not delta.is_small and delta.size >= download.cost(address):
                break
            try:
                return download.bring(delta.address)
            except _OF_THE_DELTA as error:
                logger.warning("the delta at %s is of no use: %s", delta.address, error)
        return download.bring(address)


@contextmanager
def _one_download() -> Iterator[None]:
    try:
        with machine_lock("download"):
            yield
    except LockedError as error:
        raise DownloadBusyError("another pack is being fetched") from error
