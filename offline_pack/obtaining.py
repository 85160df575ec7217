"""From whatever a person names (file, folder, address) to pack files on this machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from offline_pack.errors import PackNotFoundError
from offline_pack.fetching import SCHEMES, fetch_pack
from offline_pack.format.signing import TrustedKeys
from offline_pack.format.source import Progress
from offline_pack.shelf import newest_of_each, packs_in


def obtain_packs(
    place: str, *, trusted: TrustedKeys, progress: Progress | None = None
) -> list[Path]:
    """The packs to install; of several packs of one course, the newest.

    Raises ``PackNotFoundError``, or what a download may end with.
    """
    if place.startswith(SCHEMES):
        return [fetch_pack(place, progress=progress)]
    path = Path(unquote(urlsplit(place).path)) if place.startswith("file://") else Path(place)
    if not path.is_dir():
        if not path.exists():
            raise PackNotFoundError(place)
        return [path]
    if found := newest_of_each(packs_in(path), trusted=trusted):
        return found
    raise PackNotFoundError(place)
