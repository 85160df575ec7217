"""A pack at an address, opened as far as its first bytes allow."""

from __future__ import annotations

from dataclasses import replace

from offline_pack.format.errors import (
    BadSignatureError,
    MalformedSignatureError,
    NotAPackError,
    PackFormatError,
)
from offline_pack.format.meta import read_meta
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.importer import ABILITIES
from offline_pack.remote.errors import PackAddressError
from offline_pack.remote.head import Head
from offline_pack.remote.notes import clear_notes, forget_room
from offline_pack.store import contents
from offline_pack.store.pieces import Pieces

_MAYBE_DAMAGED = (NotAPackError, BadSignatureError, MalformedSignatureError)


def open_remote(head: Head, *, trusted: TrustedKeys) -> PackReader:
    """Read the signed head, fetching what is lacking; blobs come from the pack's kept pieces.

    Bytes kept from before may be of another file, or damaged: they are fetched once more before
    they are refused with a ``PackFormatError``.
    """
    try:
        pack = _pack(head, trusted)
    except PackFormatError as error:
        if not head.was_kept and not isinstance(error, _MAYBE_DAMAGED):
            raise
        head.clear()
        pack = _pack(head, trusted)
    if pack.meta.volume:
        raise PackAddressError(head.address, reason="this is not the first file of the pack")
    pack.kept, pack.read_base = Pieces(pack), contents.read_stored
    _note(head, pack)
    return pack


def _pack(head: Head, trusted: TrustedKeys) -> PackReader:
    return PackReader(read_meta(head), trusted=trusted, abilities=ABILITIES)


def _note(head: Head, pack: PackReader) -> None:
    """Remember which pack is there; what came of another one before it is given up."""
    seen = head.note.seen()
    if seen.manifest_sha256 not in ("", pack.manifest_sha256):
        forget_room(seen.manifest_sha256)
    head.note.write(replace(seen, manifest_sha256=pack.manifest_sha256))
    clear_notes(but=head.note)
