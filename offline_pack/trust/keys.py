"""The private keys of this installation: made at first use, one file each, never sent anywhere.

``<purpose>.key`` is the one in use, ``<purpose>.next.key`` one that a rotation has made and not
yet put in its place, ``<purpose>-<start of its id>.key`` an older one still needed.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from django.utils import timezone

from offline_pack.conf import keys_folder
from offline_pack.format.errors import KeyFileError
from offline_pack.format.signing import KEY_BYTES, PACKS, SigningKey, TrustedKeys, VerifyingKey
from offline_pack.format.trust import SignedTrust, bounded, follow
from offline_pack.locking import machine_lock
from offline_pack.models import TrustDocument, TrustedKey
from offline_pack.store.contents import sync_folder

_ID_CHARS = 16
_DRAFT_BYTES = 8
_DRAFT = re.compile(rf"\..+\.(key|age)\.[0-9a-f]{{{2 * _DRAFT_BYTES}}}")


def own_key(purpose: str) -> SigningKey:
    """This installation's key for that purpose; made now if there is none yet.

    Raises ``KeyFileError`` when the file holds something else: a damaged key is never replaced in
    silence, since what it signed would no longer be believed.
    """
    return key_in(_path(purpose))


def has_own_key(purpose: str) -> bool:
    return _path(purpose).exists()


def own_keys(purpose: str) -> list[SigningKey]:
    """The key in use, and the older ones that are still needed."""
    older = sorted(keys_folder().glob(f"{purpose}-*.key"))
    return [own_key(purpose), *(read_key(path) for path in older)]


class BelievedKeys(TrustedKeys):
    """The keys believed here, ready to follow the centre through news that a pack carries."""

    def with_documents(self, documents: Iterable[bytes]) -> TrustedKeys:
        """As they will be once the documents are accepted; nothing is written down.

        Raises a ``TrustError``.
        """
        held, offered = self._held, bounded(documents)
        accepted = follow(held, offered).accepted if held else ()
        revoked = {key_id for signed in accepted for key_id in signed.trust.revoked}
        keys = {key.key_id: key for signed in accepted for key in signed.trust.keys}
        keys |= {key.key_id: key for key in self}
        now = timezone.now()
        return TrustedKeys(
            replace(key, revoked_at=key.revoked_at or now) if key.key_id in revoked else key
            for key in keys.values()
        )

    @cached_property
    def _held(self) -> SignedTrust | None:
        return TrustDocument.objects.newest()


def trusted_keys() -> TrustedKeys:
    """The keys believed here: those the centre gave, and our own packs key if we make packs."""
    keys = {key.key_id: key for key in TrustedKey.objects.all().for_reader()}
    if has_own_key(PACKS):
        own = VerifyingKey(own_key(PACKS).public, PACKS)
        keys.setdefault(own.key_id, own)
    return BelievedKeys(keys.values())


def next_key(purpose: str) -> SigningKey:
    """The key that is to come into use; made now, unless one waits from an earlier try."""
    return key_in(_path(f"{purpose}.next"))


def take_next_key(purpose: str, *, keep_older: bool) -> None:
    """Put the next key in the place of the one in use; may be cut anywhere and run again."""
    current, coming = _path(purpose), _path(f"{purpose}.next")
    older = None
    if keep_older and current.exists():
        older = _path(f"{purpose}-{read_key(current).key_id[:_ID_CHARS]}")
    put_in_place(coming, current, older=older)


def has_next_key(purpose: str) -> bool:
    return _path(f"{purpose}.next").exists()


def put_in_place(coming: Path, current: Path, *, older: Path | None) -> None:
    """The file ``coming`` becomes ``current``, which stays as ``older``; never neither of them."""
    if older:
        with suppress(FileExistsError):
            os.link(current, older)
    sync_folder(current.parent)
    coming.replace(current)
    sync_folder(current.parent)


def forget_older_key(purpose: str, key_id: str) -> None:
    """Remove the private half of a key that is no longer to be used."""
    _path(f"{purpose}-{key_id[:_ID_CHARS]}").unlink(missing_ok=True)
    sync_folder(keys_folder())


def key_in(path: Path) -> SigningKey:
    """The private key in that file, which is made if it is not there: whole, or not at all."""
    if not path.exists():
        make_key_file(path, SigningKey.generate().seed.hex())
    return read_key(path)


def read_key(path: Path) -> SigningKey:
    """Raises ``KeyFileError`` when the file is not there or holds something else."""
    try:
        seed = path.read_text("ascii", errors="replace").strip()
    except OSError as error:
        raise KeyFileError(str(path)) from error
    if len(seed) != 2 * KEY_BYTES or set(seed) - set("0123456789abcdef"):
        raise KeyFileError(str(path))
    return SigningKey(bytes.fromhex(seed))


def _path(name: str) -> Path:
    return keys_folder() / f"{name}.key"


def make_key_file(path: Path, text: str) -> None:
    """Write a new key beside and link it into place: the first of two makers wins, whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with machine_lock("keys", waits=True):
        for left in path.parent.iterdir():  # by a maker that was killed
            if _DRAFT.fullmatch(left.name):
                left.unlink()
        _write_and_link(path, text)
    sync_folder(path.parent)


def _write_and_link(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(_DRAFT_BYTES)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(f"{text}\n")
            target.flush()
            os.fsync(target.fileno())
        _place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except PermissionError:  # FAT, on a stick, knows no links
        draft.rename(path)
