"""Why another machine was not reached: told apart for people, and in a few words for the log."""

from __future__ import annotations

import errno
import socket
import ssl
from enum import StrEnum


class LineFault(StrEnum):
    """Words for each stand in ``offline_pack.words.line``."""

    NAME = "name"  # nobody goes by it, or nobody can be asked
    NO_WAY = "no_way"  # this machine has no network that leads there
    CLOSED = "closed"  # a machine is there, and no program listens
    SILENT = "silent"
    CERTIFICATE = "certificate"
    TLS = "tls"  # it does not speak it, or not as we do
    CUT = "cut"


_KINDS: tuple[tuple[type[Exception], LineFault], ...] = (
    (ssl.SSLCertVerificationError, LineFault.CERTIFICATE),
    (ssl.SSLError, LineFault.TLS),
    (socket.gaierror, LineFault.NAME),
    (TimeoutError, LineFault.SILENT),
    (ConnectionRefusedError, LineFault.CLOSED),
)
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def line_fault(error: Exception) -> LineFault:
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return LineFault.NO_WAY
    return next((fault for kind, fault in _KINDS if isinstance(error, kind)), LineFault.CUT)


def line_reason(error: Exception) -> str:
    """Why there was no answer, in a few words for the log."""
    if isinstance(error, socket.gaierror):
        return "unknown name"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or type(error).__name__
