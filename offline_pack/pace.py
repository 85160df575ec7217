"""How fast long work goes, as a moving average that forgets."""

from __future__ import annotations

import math

MEMORY = 20.0  # seconds: what is older counts for little


class Pace:
    """Told now and then how far it is."""

    def __init__(self) -> None:
        self._done, self._at, self._rate = 0, -1.0, 0.0

    def note(self, done: int, *, at: float) -> int:
        """Bytes a second, now that ``done`` bytes are done at second ``at``; 0 while unknown."""
        passed = at - self._at
        if self._at < 0 or done < self._done:
            self._done, self._at, self._rate = done, at, 0.0
        elif passed > 0:
            rate = (done - self._done) / passed
            weight = 1 - math.exp(-passed / MEMORY) if self._rate else 1.0
            self._rate += weight * (rate - self._rate)
            self._done, self._at = done, at
        return round(self._rate)
