"""Patience with a bad line: try again, later and later, as long as something still comes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from offline_pack.remote.errors import PassingError, ServerBusyError

logger = logging.getLogger(__name__)

ATTEMPTS = 6  # in a row without a single new byte
FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 60.0  # seconds
_STEP = 1.0  # seconds between two looks whether somebody still wants it

Result = TypeVar("Result")


class Patience:
    """Gives up only when ``attempts`` tries in a row brought nothing new.

    ``look`` is called at least once a second while waiting; it may raise to end the waiting.
    """

    def __init__(
        self,
        *,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._attempts, self._sleep, self.look = attempts, sleep, look
        self._failures = 0

    def hope(self) -> None:
        """Something new has come: begin to count anew."""
        self._failures = 0

    def trying(self, work: Callable[[], Result]) -> Result:
        """The result of ``work``, tried again after each ``PassingError`` until patience ends."""
        while True:
            try:
                return work()
            except PassingError as error:
                self.bear(error)

    def bear(self, error: PassingError) -> None:
        """Wait a while, or raise ``error`` when enough is enough."""
        self._failures += 1
        if self._failures >= self._attempts:
            raise error
        seconds = self._wait(error)
        logger.info("download: %s; again in %.1f s", error, seconds)
        while seconds > 0:
            self.look()
            self._sleep(min(seconds, _STEP))
            seconds -= _STEP

    def _wait(self, error: PassingError) -> float:
        """Twice as long each time, and not all telecentres at the same moment."""
        wait = min(FIRST_WAIT * 2 ** (self._failures - 1), LONGEST_WAIT)
        wait *= random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        if isinstance(error, ServerBusyError) and error.retry_after:
            return error.retry_after + wait
        return wait
