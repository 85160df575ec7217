"""HTTP to the centre: bounded in time and size, one connection kept, nobody else believed.

Standard library on purpose: a telecentre needs no more than POST, GET and no redirects.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from lms.clock import read_clock
from offline_pack.asking_time import ask_time
from offline_pack.format.errors import SignatureError
from offline_pack.format.signing import SigningKey, VerifyingKey
from offline_pack.kept_connection import KeptConnection
from offline_pack.line_faults import line_fault, line_reason
from offline_pack.sync.envelope import (
    ANSWER_CONTENT_TYPE,
    CONTENT_TYPE,
    MAX_ANSWER,
    MAX_VALUES,
    UNPROVEN_VALUES,
    MalformedBatchError,
    decode_answer,
)
from offline_pack.sync.errors import (
    CentreAddressError,
    CentreBusyError,
    CentreDateError,
    CentreFaultError,
    CentreUnreachableError,
    NotTheCentreError,
    SyncError,
    refusal_met,
)
from offline_pack.sync.signing import (
    PROOF_HEADER,
    SIGNATURE_HEADER,
    answer_payload,
    check_answer,
    is_proven,
    prove,
    request_payload,
    sign_request,
)
from offline_pack.tls import https_connection, is_date_fault

TIMEOUT = 60  # seconds without a byte
BOX_PATH = "/sync/v1/box"
PAIR_PATH = "/sync/v1/pair"
ASK_PATH = "/sync/v1/ask"
ASK_TYPE = "application/vnd.yelen.ask"
PAIRING_TYPE = "application/vnd.yelen.pairing"
_OK = 200
_SERVER_FAULTS = range(500, 600)
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, believed by nobody yet; ``payload`` is what its signature must fit."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    payload: bytes


def clean_address(text: str) -> str:
    """``https://host[:port][/prefix]``; raises ``CentreAddressError``."""
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        is_right = parts.port != 0 and bool(parts.hostname) and not any(map(str.isspace, address))
    except ValueError as error:
        raise CentreAddressError(text) from error
    extras = parts.query or parts.fragment or parts.username or parts.password
    if not is_right or extras or parts.scheme not in ("http", "https"):
        raise CentreAddressError(text)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class CentreConnection(KeptConnection):
    """A conversation with one centre."""

    def __init__(self, address: str, *, key: SigningKey, timeout: float = TIMEOUT) -> None:
        super().__init__(timeout=timeout)
        self.address = clean_address(address)
        self._parts, self._key = urlsplit(self.address), key

    def send_batch(self, body: bytes, *, centre: VerifyingKey) -> dict[str, Any]:
        """The document of the answer; raises a ``SyncError`` for a refusal or anything else."""
        headers = {"Content-Type": CONTENT_TYPE}
        try:
            reply = self._post(BOX_PATH, body, headers)
        except CentreUnreachableError as error:
            # Dates of a certificate are refused by a clock that may itself be wrong.
            if not is_date_fault(error.__cause__):
                raise
            if not ask_time(self.address, centre=centre, timeout=self._timeout):
                raise
            reply = self._post(BOX_PATH, body, headers)
        return self._believed(reply, lambda: _check_signature(reply, centre))

    def pair(self, body: bytes, *, verifier: bytes) -> dict[str, Any]:
        """The answer to a pairing request, if the centre proves that it knows the code."""
        payload = request_payload("POST", self._parts.path + PAIR_PATH, body)
        proof = {PROOF_HEADER: prove(verifier, payload)}
        reply = self._post(PAIR_PATH, body, {"Content-Type": PAIRING_TYPE, **proof})
        if reply.status != _OK:  # a refusal cannot be proven; it only becomes words
            return self._believed(reply, None)

        def check() -> None:
            if not is_proven(verifier, reply.payload, reply.headers.get("yelen-proof", "")):
                raise NotTheCentreError(self.address, reason="it does not know the code")
            _check_signature(reply, _key_in(self._decoded(reply)))

        return self._believed(reply, check)

    def ask(self, body: bytes) -> dict[str, Any]:
        """What a centre not known yet says of a request; nothing of it is to be believed."""
        reply = self._post(ASK_PATH, body, {"Content-Type": ASK_TYPE})
        return self._believed(reply, None)

    def _believed(self, reply: Reply, check: Callable[[], None] | None) -> dict[str, Any]:
        """Without a ``check`` anybody may have written it, and it has to be small."""
        if reply.headers.get("content-type", "") != ANSWER_CONTENT_TYPE:
            if reply.status in _SERVER_FAULTS:
                raise _fault(reply)
            raise NotTheCentreError(self.address, reason=f"status {reply.status}, another type")
        try:
            if check:
                check()
        except SignatureError as error:
            raise NotTheCentreError(self.address, reason=str(error)) from error
        document = self._decoded(reply, most_values=MAX_VALUES if check else UNPROVEN_VALUES)
        if reply.status == _OK:
            return document
        try:
            raise refusal_met(reply.status, document)
        except (KeyError, TypeError, ValueError) as error:
            raise CentreFaultError(status=reply.status) from error

    def _decoded(self, reply: Reply, *, most_values: int = MAX_VALUES) -> dict[str, Any]:
        try:
            return decode_answer(reply.body, most_values=most_values)
        except MalformedBatchError as error:
            raise NotTheCentreError(self.address, reason=str(error)) from error

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        path = self._parts.path + path
        asked = request_payload("POST", path, body)
        headers = {**headers, "Authorization": sign_request(self._key, asked)}
        try:
            return _reply(self._ask("POST", path, body, headers), asked=asked)
        except NotTheCentreError:
            self.close()
            raise
        except (OSError, HTTPException) as error:
            self.close()
            raise _failed(error, self.address) from error

    def _connect(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return HTTPConnection(host, port, timeout=self._timeout)
        return https_connection(host, port, timeout=self._timeout)


def _reply(response: HTTPResponse, *, asked: bytes) -> Reply:
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise HTTPException(f"more than {MAX_ANSWER} bytes")
    headers = {name.lower(): value for name, value in response.getheaders()}
    if headers.get("content-length", str(len(body))) != str(len(body)):
        raise HTTPException("the answer was cut")
    payload = answer_payload(response.status, asked, bytes(body))
    return Reply(response.status, headers, bytes(body), payload)


def _check_signature(reply: Reply, key: VerifyingKey) -> None:
    check_answer(key, reply.payload, reply.headers.get(SIGNATURE_HEADER.lower(), ""))


def _key_in(document: Mapping[str, Any]) -> VerifyingKey:
    try:
        return VerifyingKey(bytes.fromhex(document["sync_key"]), purpose="sync")
    except (KeyError, TypeError, ValueError) as error:
        raise SignatureError("the answer names no key") from error


def _fault(reply: Reply) -> CentreBusyError | CentreFaultError:
    wait = reply.headers.get("retry-after", "")
    if wait.isascii() and wait.isdigit():
        return CentreBusyError(retry_after=int(wait[:6]))
    return CentreFaultError(status=reply.status)


def _failed(error: Exception, address: str) -> SyncError:
    """Who holds the line may answer for the centre, but not with its certificate."""
    reason = line_reason(error)
    if is_date_fault(error):
        return CentreDateError(address, reason=reason, clock=read_clock().now.date().isoformat())
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotTheCentreError(address, reason=error.verify_message or reason)
    return CentreUnreachableError(address, reason=reason, fault=line_fault(error))
