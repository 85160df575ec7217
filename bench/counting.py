"""A wire that counts: requests and bytes between a telecentre and its centre."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PIECE = 64 * 1024


@dataclass(slots=True)
class Counted:
    """What went over the wire so far, HTTP headers included."""

    requests: int = 0
    sent: int = 0  # bytes to the centre
    received: int = 0  # bytes from the centre
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_sent(self, data: bytes) -> None:
        with self._lock:
            self.requests += data.startswith((b"POST ", b"GET "))
            self.sent += len(data)

    def note_received(self, data: bytes) -> None:
        with self._lock:
            self.received += len(data)


@contextmanager
def counting(*, port: int, to: str) -> Iterator[Counted]:
    """Pass on what comes to ``port`` to the server at address ``to`` until the block ends."""
    host, _colon, number = to.rpartition("/")[2].rpartition(":")
    counted = Counted()
    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(
            target=_accept, args=(listener, (host, int(number)), counted), daemon=True
        )
        thread.start()
        yield counted
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _accept(listener: socket.socket, target: tuple[str, int], counted: Counted) -> None:
    while True:
        try:
            caller, _address = listener.accept()
        except OSError:  # the block ended
            return
        centre = socket.create_connection(target)
        for source, sink, note in (
            (caller, centre, counted.note_sent),
            (centre, caller, counted.note_received),
        ):
            threading.Thread(target=_pass_on, args=(source, sink, note), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, note: object) -> None:
    with suppress(OSError):
        while data := source.recv(_PIECE):
            note(data)  # type: ignore[operator]
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
