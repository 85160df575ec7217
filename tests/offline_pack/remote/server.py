"""A static file server over a folder, and all the ways in which one can be a bad one."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = b"<!doctype html><title>Portail</title><p>Connectez-vous"


@dataclass
class Manners:
    """How the server behaves; each number is used up as answers go out."""

    cuts: list[int] = field(default_factory=list)  # bytes of a body after which it is cut
    etags: bool = True
    ranges: bool = True
    wrong_ranges: int = 0  # answers that hold the first byte only
    wrong_after: int = 0  # requests before that
    busy: int = 0  # answers 503
    retry_after: str = ""
    portal: str = ""  # "200" or "302"
    status: int = 0  # for everything
    length_lies: list[int] = field(default_factory=list)  # added to Content-Length
    pause: float = 0.0  # seconds before the body
    bytes_a_second: int = 0  # of a body; 0: all at once
    redirect_to: str = ""
    flip_at: set[int] = field(default_factory=set)  # bytes of the file that are sent changed
    resets: int = 0  # connections reset without an answer


def etag_of(content):
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self):  # noqa: PLR0911
        server, manners = self.server, self.server.manners
        server.asked.append(self.headers.get("Range"))
        if self.path not in server.paths:
            server.paths.append(self.path)
        if manners.resets:
            manners.resets -= 1
            return self._reset()
        if manners.redirect_to:
            return self._empty(302, Location=manners.redirect_to + self.path)
        if manners.portal == "302" and self.path != "/portail":
            return self._empty(302, Location="/portail")
        if manners.portal or self.path == "/portail":
            return self._send(200, PAGE, {"Content-Type": "text/html"})
        if manners.busy:
            manners.busy -= 1
            return self._empty(503, **{"Retry-After": manners.retry_after})
        path = server.folder / self.path.lstrip("/").partition("?")[0]
        if manners.status or not path.is_file():
            return self._empty(manners.status or 404)
        return self._file(path.read_bytes(), manners)

    def _file(self, content, manners):
        etag = etag_of(content) if manners.etags else ""
        for place in manners.flip_at:
            content = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        headers = {"ETag": etag} if etag else {}
        if not (wanted and manners.ranges and self.headers.get("If-Range", etag) == etag):
            return self._send(200, content, headers)
        first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        if first > last:
            return self._empty(416, **{"Content-Range": f"bytes */{len(content)}"})
        if manners.wrong_ranges and len(self.server.asked) > manners.wrong_after:
            manners.wrong_ranges -= 1
            first = last = 0
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        return self._send(206, content[first : last + 1], headers)

    def _send(self, status, body, headers):
        manners = self.server.manners
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        lie = manners.length_lies.pop(0) if manners.length_lies else 0
        self.send_header("Content-Length", str(max(0, len(body) + lie)))
        self.end_headers()
        time.sleep(manners.pause)
        cut = manners.cuts.pop(0) if manners.cuts else None
        try:
            for chunk in self._paced(body[:cut]):
                self.wfile.write(chunk)
                self.server.sent += len(chunk)
        except OSError:  # the telecentre has enough
            self.close_connection = True
        if cut is not None or lie:
            self.close_connection = True

    def _paced(self, body):
        pace = self.server.manners.bytes_a_second
        if not pace:
            yield body
            return
        step = max(pace // 50, 1)
        for start in range(0, len(body), step):
            time.sleep(0.02)
            yield body[start : start + step]

    def _empty(self, status, **headers):
        self._send(status, b"", headers)

    def _reset(self):
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def finish(self):
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """``asked`` are the ranges asked for, ``paths`` of what, ``sent`` the bytes of bodies."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.manners = folder, Manners()
        self.asked: list[str | None] = []
        self.paths: list[str] = []
        self.sent = 0
        self.root = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def address(self, name: str) -> str:
        return f"{self.root}/{name}"

    def forget(self) -> None:
        """Count anew."""
        self.asked.clear()
        self.sent = 0

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        pass
