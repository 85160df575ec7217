"""Fingerprints as words: what two people read to each other.

Source: docs/reference/sync-protocol.md, Pairing by approval. The words are French ones whatever
the language of the page, so that both ends read the same.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache

from mnemonic import Mnemonic

WORDS = 8
BITS = 11  # of a word
_KNOWN_BY = 4  # letters


@cache
def _list() -> tuple[str, ...]:
    words = Mnemonic("french").wordlist
    return tuple(unicodedata.normalize("NFC", word) for word in words)


def words_of(digest: str) -> tuple[str, ...]:
    """Eight words for the first 88 bits of a hash in hexadecimal."""
    number = int(digest[: WORDS * BITS // 4], 16)
    places = (number >> BITS * place & (1 << BITS) - 1 for place in reversed(range(WORDS)))
    return tuple(_list()[place] for place in places)


def are_words_of(digest: str, said: str) -> bool:
    """Whether somebody meant these words, however they typed them."""
    return [_known(word) for word in said.split()] == [_known(word) for word in words_of(digest)]


def device_digest(public: str, age: str) -> str:
    """The fingerprint of a device by its two public keys, the first one in hexadecimal."""
    return hashlib.sha256(f"yelen-device/1\n{public}\n{age}".encode()).hexdigest()


def _known(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if letter.isalpha())[:_KNOWN_BY]
