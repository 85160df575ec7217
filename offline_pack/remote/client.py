"""HTTP GET by ranges: bounded in time and size, and wary of whoever answers.

Standard library on purpose: memory is what a telecentre has least of.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from string import punctuation
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from offline_pack.format.closing import Closing
from offline_pack.remote.answers import Answer, check_answer
from offline_pack.remote.errors import (
    DownloadRefusedError,
    LineCutError,
    LineStalledError,
    PackAddressError,
    PackGoneError,
    PassingError,
    ServerUnreachableError,
)
from offline_pack.remote.line_errors import as_download_error
from offline_pack.remote.speed import Floor
from offline_pack.tls import https_connection

TIMEOUT = 30.0  # seconds without a byte
REDIRECTS = 5
CHUNK = 64 * 1024  # bytes: the most that is in memory, or lost
USER_AGENT = "Yelen-telecentre"
SCHEMES = ("http", "https")
_REDIRECTED = (301, 302, 303, 307, 308)


class Client(Closing):
    """Asks for one range at a time, over one connection as long as it lasts."""

    def __init__(self, *, timeout: float = TIMEOUT, floor: Floor | None = None) -> None:
        self._timeout, self._floor = timeout, floor or Floor()
        self._connection: HTTPConnection | None = None
        self._place = ("", "")  # scheme and host of the connection
        self._moved: dict[str, str] = {}

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def get(self, address: str, *, start: int, end: int | None, etag: str = "") -> Answer:
        """The answer to a request for bytes ``start`` to ``end`` (not included; None: all).

        It may hold more than was asked for, never less at the front. With a strong ``etag`` only
        that very file will do. Raises a ``DownloadError``.
        """
        target = self._moved.get(address, address)
        try:
            response, landed = self._follow(target, start=start, end=end, etag=etag)
            answer = check_answer(response, landed, start=start, end=end, etag=etag)
        except (DownloadRefusedError, PackGoneError):
            self.close()
            if target == address:
                raise
            # A permission to fetch from elsewhere has run out: ask for a new one.
            del self._moved[address]
            return self.get(address, start=start, end=end, etag=etag)
        except BaseException:
            self.close()
            raise
        if landed != address:
            self._moved[address] = landed
        return answer

    def chunks(self, answer: Answer) -> Iterator[bytes]:
        """The bytes of the answer as they come; raises a ``PassingError`` when they stop."""
        pace = self._floor.watch()
        try:
            yield from answer.first
            left = answer.left
            while left is None or left > 0:
                chunk = answer.response.read1(CHUNK)
                if not chunk:
                    break
                left = None if left is None else left - len(chunk)
                if not pace.is_kept(len(chunk)):
                    raise LineStalledError(answer.address, reason="too slow")
                yield chunk
            answer.response.read(0)  # lets the connection be used again if that was all
            if left:
                raise LineCutError(answer.address, reason=f"cut {left} bytes before the end")
        except (OSError, HTTPException) as error:
            raise as_download_error(error, answer.address, under_way=True) from error
        finally:
            if not answer.response.isclosed():  # not read to its end: of no more use
                self.close()

    def _follow(
        self, address: str, *, start: int, end: int | None, etag: str
    ) -> tuple[HTTPResponse, str]:
        """The first answer that is no redirection, and where it came from."""
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": "*/*"}
        if end is not None:
            headers["Range"] = f"bytes={start}-{end - 1}"
            if etag:
                headers["If-Range"] = etag
        for _ in range(REDIRECTS + 1):
            parts = _checked(address)
            response = self._send(address, parts, headers)
            if response.status not in _REDIRECTED:
                return response, address
            location = response.headers.get("Location", "")
            self.close()
            address = _next_address(address, location)
        raise PackAddressError(address, reason="too many redirections")

    def _send(self, address: str, parts: SplitResult, headers: dict[str, str]) -> HTTPResponse:
        """Ask; once more when a connection kept from before turns out to be closed."""
        place = (parts.scheme, parts.netloc)
        is_fresh = self._connection is None or self._place != place
        try:
            return self._ask(address, parts, headers)
        except PassingError as error:
            if is_fresh or not isinstance(error, ServerUnreachableError):
                raise
            return self._ask(address, parts, headers)

    def _ask(self, address: str, parts: SplitResult, headers: dict[str, str]) -> HTTPResponse:
        place = (parts.scheme, parts.netloc)
        if self._connection is None or self._place != place:
            self.close()
            self._connection, self._place = self._connect(parts), place
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            target = quote(target, safe=punctuation)
            self._connection.request("GET", target, headers=headers)
            return self._connection.getresponse()
        except (OSError, HTTPException, UnicodeError) as error:
            self.close()
            raise as_download_error(error, address) from error

    def _connect(self, parts: SplitResult) -> HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "http":
            return HTTPConnection(host, parts.port, timeout=self._timeout)
        return https_connection(host, parts.port, timeout=self._timeout)


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise PackAddressError(address, reason=str(error)) from error
    if not is_right:
        raise PackAddressError(address, reason="http:// or https:// is expected")
    return parts


def _next_address(address: str, location: str) -> str:
    """Where a redirection leads: within the web, and never from https back to http."""
    try:
        target = urljoin(address, location)
    except ValueError as error:
        raise PackAddressError(location, reason=str(error)) from error
    if not location or (address.startswith("https:") and not target.startswith("https:")):
        raise PackAddressError(target, reason="a redirection that is not safe")
    return target
