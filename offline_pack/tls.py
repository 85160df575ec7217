"""TLS on a machine whose own clock may be wrong: dates are held against the time gone by.

OpenSSL looks at the system's clock, which a telecentre may not be allowed to set. Where a person
or the centre said what time it is, the chain is verified without dates, and the dates of the
server's certificate by that time.
"""

from __future__ import annotations

import ssl
import time
from http.client import HTTPSConnection
from typing import Any

from lms.clock import ClockQuality, read_clock
from lms.moments import HOUR

# OpenSSL, x509_vfy.h: X509_V_FLAG_NO_CHECK_TIME, and two of its errors.
_NO_CHECK_TIME = 0x200000
_NOT_YET_VALID, _EXPIRED = 9, 10


class _DatedConnection(HTTPSConnection):
    """``at`` is the time, in seconds, that the certificate's dates are held against."""

    at = 0.0

    def connect(self) -> None:
        super().connect()
        try:
            _check_dates(self.sock.getpeercert() or {}, at=self.at)
        except ssl.SSLError:
            self.close()
            raise


def https_connection(host: str, port: int | None, *, timeout: float) -> HTTPSConnection:
    """Verified as always, by the system's clock or by a better one."""
    clock = read_clock()
    is_known = clock.quality >= ClockQuality.CONFIRMED
    if not is_known or abs(clock.now_ms - time.time() * 1000) < HOUR:
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=timeout, context=context)
    made = _DatedConnection(host, port, timeout=timeout, context=_without_dates())
    made.at = clock.now_ms / 1000
    return made


def undated_connection(host: str, port: int | None, *, timeout: float) -> HTTPSConnection:
    """Verified but for dates: only to ask for a time that is signed."""
    return HTTPSConnection(host, port, timeout=timeout, context=_without_dates())


def is_date_fault(error: BaseException | None) -> bool:
    """Whether a certificate was refused for its dates, which a wrong clock can do."""
    is_refused = isinstance(error, ssl.SSLCertVerificationError)
    return is_refused and getattr(error, "verify_code", 0) in (_NOT_YET_VALID, _EXPIRED)


def _without_dates() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.verify_flags |= _NO_CHECK_TIME
    return context


def _check_dates(certificate: dict[str, Any], *, at: float) -> None:
    if at < ssl.cert_time_to_seconds(certificate["notBefore"]):
        raise _refused(_NOT_YET_VALID, "certificate is not yet valid")
    if at > ssl.cert_time_to_seconds(certificate["notAfter"]):
        raise _refused(_EXPIRED, "certificate has expired")


def _refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(message)
    error.verify_code, error.verify_message = code, message
    return error
