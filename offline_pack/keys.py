"""The private keys of this installation: made at first use, one file each, never sent anywhere."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from offline_pack.conf import keys_folder
from offline_pack.format.errors import KeyFileError
from offline_pack.format.signing import KEY_BYTES, PACKS, SigningKey, TrustedKeys, VerifyingKey
from offline_pack.models import TrustedKey
from offline_pack.store import sync_folder


def own_key(purpose: str) -> SigningKey:
    """This installation's key for that purpose; made now if there is none yet.

    Raises ``KeyFileError`` when the file holds something else: a damaged key is never replaced in
    silence, since what it signed would no longer be believed.
    """
    path = keys_folder() / f"{purpose}.key"
    if not path.exists():
        _make(path)
    seed = path.read_text("ascii", errors="replace").strip()
    if len(seed) != 2 * KEY_BYTES or set(seed) - set("0123456789abcdef"):
        raise KeyFileError(str(path))
    return SigningKey(bytes.fromhex(seed))


def has_own_key(purpose: str) -> bool:
    return (keys_folder() / f"{purpose}.key").exists()


def trusted_keys() -> TrustedKeys:
    """The keys believed here: those the centre gave, and our own packs key if we make packs."""
    keys = list(TrustedKey.objects.all().for_reader())
    if has_own_key(PACKS):
        keys.append(VerifyingKey(own_key(PACKS).public, PACKS))
    return TrustedKeys(keys)


def _make(path: Path) -> None:
    """Write a new key beside and link it into place: the first of two makers wins, whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(SigningKey.generate().seed.hex() + "\n")
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
