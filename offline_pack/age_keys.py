"""Keys that boxes are sealed for (age, X25519): ours, made at first use, and other people's.

Apart from the signing keys: who may open a box is another question than who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyrage

from offline_pack.conf import escrow_recipient, keys_folder
from offline_pack.format.errors import KeyFileError
from offline_pack.keys import make_key_file

MAX_RECIPIENTS = 4
MAX_RECIPIENT = 100  # characters; an X25519 recipient has 62
_FILE = "box.age"


def own_identity() -> pyrage.x25519.Identity:
    """What opens the boxes meant for this installation; made now if there is none yet.

    Raises ``KeyFileError`` for a damaged file, which is never replaced in silence.
    """
    path = keys_folder() / _FILE
    if not path.exists():
        make_key_file(path, str(pyrage.x25519.Identity.generate()))
    try:
        return pyrage.x25519.Identity.from_str(path.read_text("ascii", errors="replace").strip())
    except (OSError, pyrage.IdentityError) as error:
        raise KeyFileError(str(path)) from error


def own_recipient() -> str:
    """The public half, ``age1…``, to be told to the other side."""
    return str(own_identity().to_public())


def centre_recipients() -> list[str]:
    """At the centre: for whom telecentres seal; the centre itself, and an escrow if one is set."""
    return [own_recipient(), *usable_recipients([escrow_recipient()])]


def usable_recipients(told: Any) -> list[str]:
    """Those of the texts that are recipients; anything else is passed over."""
    listed: Iterable[Any] = told if isinstance(told, list | tuple) else ()
    return [text for text in listed if _is_recipient(text)][:MAX_RECIPIENTS]


def _is_recipient(text: Any) -> bool:
    if not isinstance(text, str) or not 0 < len(text) <= MAX_RECIPIENT:
        return False
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True
