"""At a telecentre: the centre's decision on a request over the network, looked for by itself."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from lms.clock import uptime_ms
from offline_pack.link_probe import is_link_up
from offline_pack.models import OwnRequest
from offline_pack.pairing.asking import ask_again, open_request
from offline_pack.words.explain import EXPECTED

logger = logging.getLogger(__name__)

KEEN = timedelta(hours=1)  # somebody at the centre is on the telephone: ask every minute
LATER = 15  # minutes between two questions from then on
_MINUTE = 60_000  # milliseconds


def is_awaited(request: OwnRequest | None) -> bool:
    """Whether the centre was asked over the network and nothing is known of its decision."""
    if request is None or not request.address:
        return False
    return not request.offer and not request.is_refused


def ask_when_due() -> bool:
    """To be called every minute: whether the centre was asked once more.

    What goes wrong is only logged: whoever presses the button is told.
    """
    request = open_request()
    if request is None or not is_awaited(request) or not _is_due(request):
        return False
    if not is_link_up(request.address):
        return False
    try:
        ask_again(request)
    except EXPECTED as error:
        logger.info("asked for approval: %s", error)
    return True


def _is_due(request: OwnRequest) -> bool:
    """A clock that jumped makes it wait longer, never ask more."""
    waited = timezone.now() - request.asked_at
    return timedelta() <= waited < KEEN or uptime_ms() // _MINUTE % LATER == 0
