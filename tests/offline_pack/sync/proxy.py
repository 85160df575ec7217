"""Somebody between a telecentre and its centre who loses answers, or stops at a request."""

from __future__ import annotations

import socket
import threading


class Proxy:
    """Passes requests on to ``target``; ``stopped`` is set when it stopped for good."""

    def __init__(self, target: str, *, stop_at: int = 0, loses_answers: bool = False) -> None:
        self.port = int(target.rsplit(":", 1)[1])
        self.stop_at, self.loses_answers = stop_at, loses_answers
        self.stopped = threading.Event()
        self.requests = 0
        self.passed: list[tuple[bytes, bytes]] = []  # bodies, there and back
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            with near, socket.create_connection(("127.0.0.1", self.port)) as far:
                self._relay(near, far)

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        while request := _message(near):
            self.requests += 1
            if self.requests == self.stop_at:
                self.stopped.set()
                near.recv(1)  # until the other side is gone
                return
            far.sendall(request)
            answer = _message(far)
            if self.loses_answers:
                return
            self.passed.append((_body(request), _body(answer)))
            near.sendall(answer)


def _body(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[2]


def _message(source: socket.socket) -> bytes:
    """One whole HTTP message with a length; nothing when the other side has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = source.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += source.recv(65536)
    return head + b"\r\n\r\n" + body
