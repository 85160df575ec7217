"""What the operating system and TLS say of a bad line, as errors of ours."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from http.client import HTTPException, InvalidURL

from offline_pack.line_faults import line_fault, line_reason
from offline_pack.remote.errors import (
    CertificateError,
    CertificateTimeError,
    DownloadError,
    LineCutError,
    LineStalledError,
    PackAddressError,
    ServerUnreachableError,
)

# OpenSSL, x509_vfy.h: X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
_WRONG_TIME = (9, 10)


def as_download_error(
    error: OSError | HTTPException | UnicodeError, address: str, *, under_way: bool = False
) -> DownloadError:
    """``under_way``: bytes of the answer had begun to come."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message or str(error)
        if error.verify_code in _WRONG_TIME:
            clock = datetime.now(UTC).date().isoformat()
            return CertificateTimeError(address, reason=reason, clock=clock)
        return CertificateError(address, reason=reason)
    if isinstance(error, TimeoutError):
        return LineStalledError(address, reason=line_reason(error))
    if isinstance(error, InvalidURL | UnicodeError):
        return PackAddressError(address, reason=str(error))
    if under_way:
        return LineCutError(address, reason=line_reason(error))
    return ServerUnreachableError(address, reason=line_reason(error), fault=line_fault(error))
