"""Pairing codes: how they look, and what scrypt makes of them."""

from __future__ import annotations

import hashlib
import secrets

from offline_pack.sync.errors import CodeFormatError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 12
LOOKUP = 4  # characters that name the code; the others are the secret
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal_code(text: str) -> str:
    """The twelve characters somebody meant; raises ``CodeFormatError``."""
    code = text.strip().upper().translate(_MISREAD)
    if len(code) != LENGTH or set(code) - set(ALPHABET):
        raise CodeFormatError("a pairing code has twelve letters and digits")
    return code


def written_code(code: str) -> str:
    """In fours, as people read it."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def lookup_of(code: str) -> str:
    return code[:LOOKUP]


def verifier_of(code: str) -> bytes:
    """What proves the code without telling it; slow on purpose (some 50 ms)."""
    salt = b"yelen-pairing/1:" + lookup_of(code).encode()
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
