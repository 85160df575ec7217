"""Is there a way to the centre just now? Three small packets, and no word said."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit

TIMEOUT = 5.0  # seconds, the name looked up included
_PORTS = {"http": 80, "https": 443}


def is_link_up(address: str, *, timeout: float = TIMEOUT) -> bool:
    """Whether something at the centre's address takes a connection; it may still be a portal.

    In a thread: a resolver without a network may take much longer than any limit given to it.
    """
    found = threading.Event()
    probe = threading.Thread(target=_probe, args=(address, timeout, found), daemon=True)
    probe.start()
    probe.join(timeout)
    return found.is_set()


def _probe(address: str, timeout: float, found: threading.Event) -> None:
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
        socket.create_connection((parts.hostname, port), timeout=timeout).close()
    except (OSError, ValueError, KeyError):
        return
    found.set()
