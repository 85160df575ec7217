"""From whatever a person names (file, folder) to pack files on this machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from offline_pack.errors import PackNotFoundError
from offline_pack.format.signing import TrustedKeys
from offline_pack.shelf.places import newest_of_each, packs_in

SCHEMES = ("http://", "https://")


def is_address(place: str) -> bool:
    """Whether a pack there comes over the network."""
    return place.startswith(SCHEMES)


def obtain_packs(place: str, *, trusted: TrustedKeys) -> list[Path]:
    """The packs to install; of several packs of one course, the newest.

    Raises ``PackNotFoundError``.
    """
    path = Path(unquote(urlsplit(place).path)) if place.startswith("file://") else Path(place)
    if not path.is_dir():
        if not path.exists():
            raise PackNotFoundError(place)
        return [path]
    if found := newest_of_each(packs_in(path), trusted=trusted):
        return found
    raise PackNotFoundError(place)
