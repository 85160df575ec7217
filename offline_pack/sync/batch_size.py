"""How many facts one POST carries, so that it takes about 20 seconds on this line."""

from __future__ import annotations

from offline_pack.sync.envelope import MAX_FACTS

AIM = 20.0  # seconds
LEAST = 20  # facts: below, what surrounds them weighs more than they do
_STEP = 2.0  # at most doubled, or halved, from one POST to the next


def next_limit(limit: int, *, sent: int, seconds: float) -> int:
    """The limit after a POST of ``sent`` facts took ``seconds``.

    A batch that was not full says nothing about how many more would have gone, only when even
    that was slow.
    """
    if sent < limit and seconds <= AIM:
        return limit
    factor = min(max(AIM / max(seconds, 0.001), 1 / _STEP), _STEP)
    return _bounded(int(min(sent or limit, limit) * factor))


def after_a_cut(limit: int) -> int:
    """The line broke with a batch on it: the next one is half as large."""
    return _bounded(limit // 2)


def _bounded(limit: int) -> int:
    return min(max(limit, LEAST), MAX_FACTS)
