"""At a telecentre: ask the centre what time it is, where nothing but its signature is believed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from lms.clock import uptime_ms
from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import VerifyingKey
from offline_pack.sync.envelope import MalformedBatchError, decode_answer, whole
from offline_pack.sync.signing import (
    SIGNATURE_HEADER,
    answer_payload,
    check_answer,
    request_payload,
)
from offline_pack.timekeeping import heard_time
from offline_pack.tls import undated_connection

TIME_PATH = "/sync/v1/time"
_MOST = 4096  # bytes of an answer
_OK = 200


def ask_time(address: str, *, centre: VerifyingKey, timeout: float) -> bool:
    """Go by the time the centre signs; False when it could not be had.

    Plain http first, which needs no clock; then https without looking at dates.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    plain_port = parts.port if parts.scheme == "http" else None
    ways: list[Callable[[], HTTPConnection]] = [
        lambda: HTTPConnection(host, plain_port, timeout=timeout)
    ]
    if parts.scheme == "https":
        ways.append(lambda: undated_connection(host, parts.port, timeout=timeout))
    return any(_ask(way, parts.path, centre) for way in ways)


def _ask(connect: Callable[[], HTTPConnection], prefix: str, centre: VerifyingKey) -> bool:
    nonce = secrets.token_hex(16)
    path = f"{prefix}{TIME_PATH}?nonce={nonce}"
    connection, asked_ms = connect(), uptime_ms()
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(_MOST)
        signature = response.getheader(SIGNATURE_HEADER, "")
        told = answer_payload(response.status, request_payload("GET", path, b""), body)
        check_answer(centre, told, signature)
        document = decode_answer(body)
        if response.status != _OK or document["nonce"] != nonce:
            return False
        at = datetime.fromtimestamp(whole(document["server_time"]) / 1000, tz=UTC)
    except (OSError, HTTPException, SignatureError, MalformedBatchError, KeyError, ValueError):
        return False
    finally:
        connection.close()
    heard_time(at, asked_ms=asked_ms, answered_ms=uptime_ms())
    return True
