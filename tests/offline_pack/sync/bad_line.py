"""A bad line between a telecentre and its centre: slow, late, stalling, cut at any byte."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

AT_64_KBIT_S = 64_000  # bits per second
AT_ONCE = 1_000_000_000
CHUNK = 512  # bytes: a sixteenth of a second at 64 kbit/s


class Manner(Enum):
    RESET = auto()
    CLOSE = auto()
    STALL = auto()  # nothing passes any more, and nobody is told
    BLIP = auto()  # reset, and the line is there again at once


@dataclass(frozen=True, slots=True)
class Cut:
    """``place`` says how many bytes of the message still pass."""

    manner: Manner
    place: Callable[[bytes], int]
    exchange: int = 1  # the first request and its answer
    in_answer: bool = False


class BadLine:
    """Carries HTTP messages that have a length; after a cut, nothing until it is mended.

    A message is taken in whole before its first byte goes on: each end of a cut then has exactly
    the bytes that passed.
    """

    def __init__(self, target: str) -> None:
        self._port = int(target.rsplit(":", 1)[1])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._mended = threading.Event()
        self.begin()
        threading.Thread(target=self._serve, daemon=True).start()

    def begin(
        self, cut: Cut | None = None, *, bits_per_second: int = AT_ONCE, delay: float = 0.0
    ) -> None:
        """Mend it, forget what it carried, and wait for the next cut."""
        self._mended.set()
        self._mended, self.was_cut = threading.Event(), threading.Event()
        self._cut, self._speed = cut, bits_per_second
        self._delay = delay  # seconds before the first byte of each connection
        self.requests: list[bytes] = []  # whatever the telecentre gave to the line
        self.answers: list[bytes] = []  # ... and the centre

    def close(self) -> None:
        self._mended.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                near, _address = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        mended, cut = self._mended, self._cut
        with near, contextlib.suppress(OSError):
            if cut and self.was_cut.is_set() and cut.manner != Manner.BLIP:
                _break(cut.manner, mended, near)
                return
            with socket.create_connection(("127.0.0.1", self._port)) as far:
                time.sleep(self._delay)
                if self._is_cut_short(near, far, cut) and cut:
                    _break(cut.manner, mended, near, far)

    def _is_cut_short(self, near: socket.socket, far: socket.socket, cut: Cut | None) -> bool:
        """Relay until one side ends the connection, or until the cut."""
        while request := whole_message(near):
            self.requests.append(request)
            if self._send(request, far, cut, is_answer=False):
                return True
            answer = whole_message(far)
            self.answers.append(answer)
            if self._send(answer, near, cut, is_answer=True):
                return True
        return False

    def _send(
        self, message: bytes, sink: socket.socket, cut: Cut | None, *, is_answer: bool
    ) -> bool:
        """Whether it was cut here."""
        here = (
            cut
            and not self.was_cut.is_set()
            and (cut.exchange, cut.in_answer) == (len(self.requests), is_answer)
        )
        passes = message[: cut.place(message)] if here else message
        for start in range(0, len(passes), CHUNK):
            chunk = passes[start : start + CHUNK]
            time.sleep(len(chunk) * 8 / self._speed)
            sink.sendall(chunk)
        if here:
            self.was_cut.set()
        return bool(here)


def _break(manner: Manner, mended: threading.Event, *ends: socket.socket) -> None:
    if manner == Manner.STALL:
        mended.wait()
    for end in ends:
        if manner in (Manner.RESET, Manner.BLIP):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()


def body_of(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[2]


def whole_message(source: socket.socket) -> bytes:
    """One HTTP message with a length; nothing when the other side has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := source.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        if not (more := source.recv(65536)):
            return b""
        body += more
    return head + b"\r\n\r\n" + body
