"""How long to wait before the next sync; plain numbers, no database and no clock."""

from __future__ import annotations

import random

MINUTE = 60_000  # milliseconds
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SHORTEST, LONGEST = MINUTE, 6 * HOUR
LONGEST_OFFLINE = 15 * MINUTE  # where a link that comes back is to be used
LONGEST_ASKED = DAY  # whoever asks to wait longer is not believed

_JITTER = 0.25
_MOST_DOUBLINGS = 16


def back_off(failures: int, *, longest: int = LONGEST, draw: float | None = None) -> int:
    """Milliseconds after so many failures in a row: 1 min, 2, 4, … ``longest``.

    A quarter more or less by chance, so that telecentres cut off together do not return together;
    ``draw`` is that chance, 0 to 1.
    """
    doubled = SHORTEST * 2 ** min(max(failures, 1) - 1, _MOST_DOUBLINGS)
    spread = 1 + _JITTER * (2 * _drawn(draw) - 1)
    return max(SHORTEST, min(int(min(doubled, longest) * spread), longest))


def as_asked(retry_after: int, *, draw: float | None = None) -> int:
    """Milliseconds for a centre's ``retry_after`` in seconds: never less, up to a quarter more."""
    asked = min(max(retry_after, 1) * 1000, LONGEST_ASKED)
    return int(asked * (1 + _JITTER * _drawn(draw)))


def _drawn(draw: float | None) -> float:
    return random.random() if draw is None else draw  # noqa: S311 - no secret
