"""HTTP to an LRS: bounded in time and size, certificates verified, no redirects, no secrets told.

Source: xAPI 1.0.3, Communication, 1.3 (headers), 2.1.2 (POST) and 3.2 (error codes).
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from uuid import UUID

from lms.xapi import VERSION
from offline_pack.kept_connection import KeptConnection
from offline_pack.line_faults import line_fault, line_reason
from offline_pack.lrs.access import LrsAccess
from offline_pack.lrs.errors import (
    LrsDeniedError,
    LrsFaultError,
    LrsUnreachableError,
    NotAnLrsError,
    StatementsConflictError,
    StatementsRefusedError,
    StatementsTooLargeError,
    StatementsUnconfirmedError,
)

TIMEOUT = 30.0  # seconds without a byte
LONGEST = 60.0  # seconds for a whole answer
MAX_ANSWER = 1024 * 1024  # bytes
MOST_WORDS = 500  # characters of what the LRS says
_CHUNK = 64 * 1024
_VERSION_HEADER = "X-Experience-API-Version"
_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_SERVER_FAULTS = range(500, 600)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class LrsConnection(KeptConnection):
    """A conversation with one LRS."""

    def __init__(self, access: LrsAccess, *, timeout: float = TIMEOUT) -> None:
        super().__init__(timeout=timeout)
        self.access = access

    @property
    def host(self) -> str:
        return self.access.host

    def post(self, body: bytes) -> set[UUID] | None:
        """Store a list of statements, all or none; the ids the LRS names, None when it does not.

        Raises ``StatementsRefusedError`` when it is about what was sent, and
        ``StatementsUnconfirmedError`` when ``find`` can tell; else another ``LrsError``: then
        nobody knows whether they were stored.
        """
        reply = self._reply("POST", "/statements", body)
        if reply.status == HTTPStatus.OK:
            return self._ids(reply.body)
        # Some answer so when they had all of them; so does a portal that answers anything.
        if reply.status == HTTPStatus.NO_CONTENT:
            if _VERSION_HEADER.lower() in reply.headers:
                return None
            raise StatementsUnconfirmedError(self.host, reason=f"status {reply.status}")
        raise self._fault(reply)

    def find(self, statement_id: UUID) -> dict[str, Any] | None:
        """What the LRS holds under that id; None when it does not tell us."""
        reply = self._reply("GET", f"/statements?statementId={statement_id}&format=exact", None)
        if reply.status in _BUSY or reply.status in _SERVER_FAULTS:
            raise self._fault(reply)
        try:
            found = json.loads(reply.body) if reply.status == HTTPStatus.OK else None
        except (ValueError, RecursionError):
            return None
        # One statement was asked for; some give a list of one, as if many had been.
        listed = found.get("statements") if isinstance(found, dict) else None
        candidates = listed if isinstance(listed, list) else [found]
        return next((one for one in candidates if _is_named(one, statement_id)), None)

    def _ids(self, body: bytes) -> set[UUID]:
        try:
            named = json.loads(body)
            if isinstance(named, list):
                return {UUID(text) for text in named}
        except (ValueError, TypeError, AttributeError, RecursionError):
            pass
        raise NotAnLrsError(self.host, reason="it names no statements")

    def _fault(self, reply: Reply) -> Exception:
        status, words = reply.status, self._words(reply.body)
        if status in _DENIED:
            return LrsDeniedError(status=status, words=words)
        if status in _BUSY or status in _SERVER_FAULTS:
            return LrsFaultError(status=status, retry_after=_retry_after(reply))
        if status == HTTPStatus.CONFLICT:
            return StatementsConflictError(status=status, words=words)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return StatementsTooLargeError(status=status, words=words)
        if status in _REFUSED:
            return StatementsRefusedError(status=status, words=words)
        return NotAnLrsError(self.host, reason=f"status {status}")

    def _words(self, body: bytes) -> str:
        """The start of what it says, harmless to show, and with nothing of ours in it."""
        text = body.decode("utf-8", "replace")
        for secret in self.access.secrets:
            text = text.replace(secret, "…")
        text = "".join(letter if letter.isprintable() else " " for letter in text)
        return " ".join(text.split())[:MOST_WORDS]

    def _reply(self, method: str, path: str, body: bytes | None) -> Reply:
        target = self.access.parts.path + path
        try:
            return _read(self._ask(method, target, body, self._headers(body)))
        except (OSError, HTTPException) as error:
            self.close()
            fault = line_fault(error)
            raise LrsUnreachableError(self.host, reason=line_reason(error), fault=fault) from error
        except BaseException:
            self.close()
            raise

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {
            _VERSION_HEADER: VERSION,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Yelen",
        }
        if self.access.authorization:
            headers["Authorization"] = self.access.authorization
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def _connect(self) -> HTTPConnection:
        host, port = self.access.parts.hostname or "", self.access.parts.port
        if self.access.parts.scheme == "http":
            return HTTPConnection(host, port, timeout=self._timeout)
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=self._timeout, context=context)


def _is_named(statement: Any, statement_id: UUID) -> bool:
    return isinstance(statement, dict) and str(statement.get("id")).lower() == str(statement_id)


def statements_body(statements: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(statements) + b"]"


def _read(response: HTTPResponse) -> Reply:
    body, deadline = bytearray(), time.monotonic() + LONGEST
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise HTTPException(f"more than {MAX_ANSWER} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError("the answer comes too slowly")
    response.read(0)  # lets the connection be used again
    headers = {name.lower(): value for name, value in response.getheaders()}
    if headers.get("content-length", str(len(body))) != str(len(body)):
        raise HTTPException("the answer was cut")
    return Reply(response.status, headers, bytes(body))


def _retry_after(reply: Reply) -> int:
    text = reply.headers.get("retry-after", "").strip()
    return int(text[:6]) if text.isascii() and text.isdigit() else 0
