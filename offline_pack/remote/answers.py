"""Is that the part of the file that was asked for, or has somebody else answered?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse

from offline_pack.format.archive import LOCAL_SIGNATURE
from offline_pack.format.errors import NotAPackError
from offline_pack.remote.errors import (
    DownloadError,
    DownloadRefusedError,
    FileChangedError,
    FileTooShortError,
    LineCutError,
    PackGoneError,
    ServerBusyError,
    WebPageError,
    WrongRangeError,
)
from offline_pack.remote.line_errors import as_download_error

LONGEST_WAIT = 600  # seconds that a server may ask for
_OK, _PARTIAL, _NO_RANGE = 200, 206, 416
_GONE = (404, 410)
_SIGN_IN = 511  # RFC 6585: Network Authentication Required
_BUSY = (408, 425, 429)
_SERVER_FAULTS = range(500, 600)
_PLACE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{1,200}"', re.ASCII)
_PEEK = len(LOCAL_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes of a file from ``start`` on, still to be read."""

    address: str  # that answered
    start: int
    size: int | None  # bytes of the whole file, if the server says
    etag: str  # strong, or empty
    first: tuple[bytes, ...]  # bytes that were looked at already
    left: int | None  # bytes that follow those; None when the server does not say
    response: HTTPResponse
    is_whole: bool = False  # the file from its start, whatever was asked


def check_answer(
    response: HTTPResponse, address: str, *, start: int, end: int | None, etag: str
) -> Answer:
    """Raises a ``DownloadError`` unless the answer covers the byte at ``start``."""
    status = response.status
    if status not in (_OK, _PARTIAL):
        raise _refusal(response, address, start=start)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongRangeError(address, reason="the bytes were changed on the way")
    found = _strong_etag(response)
    if etag and found and found != etag:
        raise FileChangedError(address, etag=found)
    if status == _PARTIAL and end is not None:
        return _part(response, address, start=start, etag=found)
    return _whole(response, address, etag=found)


def _part(response: HTTPResponse, address: str, *, start: int, etag: str) -> Answer:
    if _is_page(response):
        raise WebPageError(address, reason="a web page came")
    place = _PLACE.fullmatch(response.headers.get("Content-Range", ""))
    if place is None:
        raise WrongRangeError(address, reason="the server does not say which part it sent")
    first, last = int(place[1]), int(place[2])
    if not first <= start <= last:
        raise WrongRangeError(address, reason=f"bytes {first} to {last} came instead of {start}")
    size = None if place[3] == "*" else int(place[3])
    left = last - first + 1
    return Answer(address, first, size, etag, (), left, response)


def _whole(response: HTTPResponse, address: str, *, etag: str) -> Answer:
    """The file from its start: it must begin as a pack does."""
    try:
        begin = response.read(_PEEK)
    except (OSError, HTTPException) as error:
        raise as_download_error(error, address, under_way=True) from error
    if begin and not LOCAL_SIGNATURE.startswith(begin):
        if _is_page(response) or begin.lstrip().startswith(b"<"):
            raise WebPageError(address, reason="a web page came")
        raise NotAPackError("what came does not begin as a pack does")
    if len(begin) < _PEEK:
        raise LineCutError(address, reason="nothing came")
    size = _length(response)
    left = None if size is None else max(0, size - _PEEK)
    return Answer(address, 0, size, etag, (begin,), left, response, is_whole=True)


def _refusal(response: HTTPResponse, address: str, *, start: int) -> DownloadError:
    status = response.status
    if status == _SIGN_IN:
        return WebPageError(address, reason=f"HTTP {status}")
    if status in _GONE:
        return PackGoneError(address, status=status)
    if status == _NO_RANGE:
        return FileTooShortError(address, reason=f"it ends before byte {start}")
    if status in _BUSY or status in _SERVER_FAULTS:
        return ServerBusyError(address, status=status, retry_after=_retry_after(response))
    return DownloadRefusedError(address, status=status)


def _retry_after(response: HTTPResponse) -> int:
    """Seconds. A date is measured by the server's own clock: ours may be years off."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        seconds = int((until - now).total_seconds())
    except (TypeError, ValueError):
        return 0
    return max(0, min(seconds, LONGEST_WAIT))


def _strong_etag(response: HTTPResponse) -> str:
    etag = response.headers.get("ETag", "").strip()
    return etag if _STRONG_ETAG.fullmatch(etag) else ""


def _is_page(response: HTTPResponse) -> bool:
    return response.headers.get_content_type() in ("text/html", "application/xhtml+xml")


def _length(response: HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "").strip()
    return int(text[:18]) if text.isascii() and text.isdigit() else None
