"""Keys that boxes are sealed for (age, X25519): ours, made at first use, and other people's.

Apart from the signing keys: who may open a box is another question than who wrote it. Files are
``box.age``, ``box.next.age`` while keys are changed, and ``box-<start>.age`` for older ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyrage

from offline_pack.conf import escrow_recipient, keys_folder
from offline_pack.format.errors import KeyFileError
from offline_pack.trust.keys import make_key_file, put_in_place

MAX_RECIPIENTS = 4
MAX_RECIPIENT = 100  # characters; an X25519 recipient has 62
_CURRENT, _NEXT = "box.age", "box.next.age"
_ID_CHARS = 16


def own_identity() -> pyrage.x25519.Identity:
    """What opens the boxes meant for this installation; made now if there is none yet.

    Raises ``KeyFileError`` for a damaged file, which is never replaced in silence.
    """
    return _identity_in(keys_folder() / _CURRENT)


def own_identities() -> list[pyrage.x25519.Identity]:
    """The one in use, the one to come, and older ones: somebody may seal for any of them yet."""
    others = [keys_folder() / _NEXT, *sorted(keys_folder().glob("box-*.age"))]
    return [own_identity(), *(_read(path) for path in others if path.exists())]


def own_recipient() -> str:
    """The public half, ``age1…``, to be told to the other side."""
    return str(own_identity().to_public())


def next_recipient() -> str:
    """Of the key that is to come into use; made now, unless one waits from an earlier try."""
    return str(_identity_in(keys_folder() / _NEXT).to_public())


def coming_recipient() -> str:
    """Of the key to come, if one waits; else of the one in use."""
    return next_recipient() if (keys_folder() / _NEXT).exists() else own_recipient()


def take_next_identity() -> None:
    """Put the next key in the place of the one in use, which is kept; may be cut and run again."""
    current, coming = keys_folder() / _CURRENT, keys_folder() / _NEXT
    if not coming.exists():
        return
    start = hashlib.sha256(own_recipient().encode()).hexdigest()[:_ID_CHARS]
    put_in_place(coming, current, older=keys_folder() / f"box-{start}.age")


def centre_recipients() -> list[str]:
    """At the centre: for whom telecentres seal; the centre itself, and an escrow if one is set."""
    return [own_recipient(), *usable_recipients([escrow_recipient()])]


def usable_recipients(told: Any) -> list[str]:
    """Those of the texts that are recipients; anything else is passed over."""
    listed: Iterable[Any] = told if isinstance(told, list | tuple) else ()
    return [text for text in listed if _is_recipient(text)][:MAX_RECIPIENTS]


def _identity_in(path: Path) -> pyrage.x25519.Identity:
    if not path.exists():
        make_key_file(path, str(pyrage.x25519.Identity.generate()))
    return _read(path)


def _read(path: Path) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(path.read_text("ascii", errors="replace").strip())
    except (OSError, pyrage.IdentityError) as error:
        raise KeyFileError(str(path)) from error


def _is_recipient(text: Any) -> bool:
    if not isinstance(text, str) or not text.isascii() or not 0 < len(text) <= MAX_RECIPIENT:
        return False
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True
