"""A bad line between a telecentre and its centre: slow, late, stalling, cut; it knows no HTTP."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

CHUNK = 1024  # bytes


@dataclass
class BadLine:
    """``cut_after`` bytes sent up, or ``cut_answer_after`` bytes coming down, it resets."""

    target: str
    bits_per_second: int = 64_000
    delay: float = 0.0  # seconds before the first byte of each connection
    cut_after: int = 0
    cut_answer_after: int = 0
    stall_after: int = 0  # bytes sent up, after which nothing passes any more
    stalled: threading.Event = field(default_factory=threading.Event)
    up: int = 0
    down: int = 0
    cuts: int = 0

    def __post_init__(self) -> None:
        self._port = int(self.target.rsplit(":", 1)[1])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            far = socket.create_connection(("127.0.0.1", self._port))
            for source, sink, is_up in ((near, far, True), (far, near, False)):
                threading.Thread(
                    target=self._carry, args=(source, sink, is_up), daemon=True
                ).start()

    def _carry(self, source: socket.socket, sink: socket.socket, is_up: bool) -> None:
        time.sleep(self.delay)
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                time.sleep(len(data) * 8 / self.bits_per_second)
                if self._breaks(len(data), is_up):
                    _reset(source, sink)
                    return
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _breaks(self, size: int, is_up: bool) -> bool:
        if is_up:
            self.up += size
        else:
            self.down += size
        if self.stall_after and self.up > self.stall_after:
            self.stalled.set()
            time.sleep(3600)
        limit, passed = (self.cut_after, self.up) if is_up else (self.cut_answer_after, self.down)
        if limit and passed > limit:
            self.cuts += 1
            return True
        return False


def _reset(*sockets: socket.socket) -> None:
    for end in sockets:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()
