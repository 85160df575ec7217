"""What can go wrong with a download. What came is kept, whichever it is."""

from __future__ import annotations

from http import HTTPStatus

from offline_pack.errors import OfflinePackError
from offline_pack.line_faults import LineFault


class DownloadError(OfflinePackError):
    """The pack could not be fetched."""

    def __init__(self, address: str, *, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.address, self.reason = address, reason


class PackAddressError(DownloadError):
    """Not an address of the web, or one that leads out of it."""


class PassingError(DownloadError):
    """Base of troubles that may well be over in a moment."""


class ServerUnreachableError(PassingError):
    """No answer: no such name, nobody there, or the connection broke."""

    def __init__(self, address: str, *, reason: str, fault: LineFault = LineFault.CUT) -> None:
        super().__init__(address, reason=reason)
        self.fault = fault


class LineCutError(PassingError):
    """The answer ended before its end."""


class LineStalledError(PassingError):
    """Hardly a byte came for a long time."""


class WrongRangeError(PassingError):
    """The server sent another part of the file than the one asked for."""


class ServerBusyError(PassingError):
    """The server has a fault, or asks to wait; ``retry_after`` is seconds, 0 if it did not say."""

    def __init__(self, address: str, *, status: int, retry_after: int = 0) -> None:
        super().__init__(address, reason=f"HTTP {status}")
        self.status, self.retry_after = status, retry_after


class FileChangedError(PassingError):
    """Another file stands at that address than the one we began to fetch."""

    def __init__(self, address: str, *, etag: str) -> None:
        super().__init__(address, reason="the file was replaced")
        self.etag = etag


class PackGoneError(DownloadError):
    """Nothing is at that address: 410 says that it was withdrawn, 404 does not say why."""

    def __init__(self, address: str, *, status: int) -> None:
        super().__init__(address, reason=f"HTTP {status}")
        self.status = status

    @property
    def is_withdrawn(self) -> bool:
        return self.status == HTTPStatus.GONE


class DownloadRefusedError(DownloadError):
    """The server does not want to."""

    def __init__(self, address: str, *, status: int) -> None:
        super().__init__(address, reason=f"HTTP {status}")
        self.status = status


class FileTooShortError(DownloadError):
    """The file at the server ends before the pack does: it was not copied there whole."""


class WebPageError(DownloadError):
    """A web page came instead: most often a network that wants people to sign in first."""


class CertificateError(DownloadError):
    """The server's certificate cannot be believed."""


class CertificateTimeError(CertificateError):
    """The certificate is not valid at the time that this machine's clock shows."""

    def __init__(self, address: str, *, reason: str, clock: str) -> None:
        super().__init__(address, reason=reason)
        self.clock = clock  # a date, as this machine believes it is


class DownloadDamagedError(DownloadError):
    """Files arrived damaged, twice."""

    def __init__(self, address: str, *, damaged: tuple[str, ...]) -> None:
        super().__init__(address, reason=f"{len(damaged)} files arrived damaged twice")
        self.damaged = damaged


class DownloadBusyError(OfflinePackError):
    """Another download is under way on this machine."""
