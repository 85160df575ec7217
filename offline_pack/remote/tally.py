"""How many bytes of a download are here, of how many."""

from __future__ import annotations

from offline_pack.format.source import Progress


class Tally:
    """Counts, and tells ``progress``, which may raise to end the download."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = self._total = 0

    def expect(self, *, done: int, total: int) -> None:
        self._done, self._total = done, total
        self.tell()

    def brought(self, size: int) -> None:
        self._done += size
        self.tell()

    def tell(self) -> None:
        if self._progress:
            self._progress(min(self._done, self._total), self._total)
