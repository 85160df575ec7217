"""One HTTP connection to one other side, kept for as long as the conversation lasts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse

from offline_pack.format.closing import Closing


class KeptConnection(Closing):
    """To be used in a ``with``; who inherits says how to ``_connect``."""

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout  # seconds without a byte
        self._connection: HTTPConnection | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        """The start of an answer; raises ``OSError`` or ``HTTPException``, and stays open."""
        try:
            return self._ask_once(method, target, body, headers)
        except (ConnectionError, HTTPException):
            if self._connection is None:
                raise
            self.close()  # a kept connection that the other side gave up: once more
            return self._ask_once(method, target, body, headers)

    def _ask_once(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        connection = self._connection or self._connect()
        connection.request(method, target, body=body, headers=dict(headers))
        self._connection = connection
        return connection.getresponse()

    @abstractmethod
    def _connect(self) -> HTTPConnection: ...
