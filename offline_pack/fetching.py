"""Fetch a pack over HTTP into the received folder; a fetch cut short goes on where it stopped."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from pathlib import Path

from offline_pack.conf import received_folder
from offline_pack.errors import DownloadError
from offline_pack.format.source import Progress
from offline_pack.reserve import check_reserve

CHUNK = 256 * 1024  # bytes
TIMEOUT = 30  # seconds without a byte
ATTEMPTS = 4
SCHEMES = ("http://", "https://")


def fetch_pack(address: str, *, progress: Progress | None = None) -> Path:
    """The pack at that address, as a file here. Nothing is believed: the importer checks it.

    Raises ``DownloadError`` or ``NotEnoughSpaceError``; what came so far is kept for next time.
    """
    if not address.startswith(SCHEMES):
        raise DownloadError(address, reason="http:// or https:// is expected")
    name = hashlib.sha256(address.encode()).hexdigest()[:32]
    part = received_folder() / f".{name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _fetch(address, part, progress=progress)
            break
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS or isinstance(error, urllib.error.HTTPError):
                raise DownloadError(address, reason=_reason(error)) from error
    return part.replace(part.with_name(f"{name}.pack"))


def _fetch(address: str, part: Path, *, progress: Progress | None) -> None:
    """Ask for what is not here yet; start over if the pack there is another one by now."""
    tag = part.with_suffix(".etag")
    have = part.stat().st_size if part.exists() and tag.exists() else 0
    request = urllib.request.Request(address)  # noqa: S310 - the scheme was checked
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", tag.read_text("ascii"))
    with _open(request, have=have) as answer:
        if not _continues(answer, have=have):
            have = 0
        total = have + int(answer.headers.get("Content-Length") or 0)
        check_reserve(total - have, folder=received_folder())
        _remember(tag, answer.headers.get("ETag") or "")
        with part.open("ab" if have else "wb") as target:
            while chunk := answer.read(CHUNK):
                target.write(chunk)
                have += len(chunk)
                if progress:
                    progress(have, max(total, have))
    if have < total:
        raise http.client.IncompleteRead(b"", total - have)
    tag.unlink(missing_ok=True)


def _open(request: urllib.request.Request, *, have: int) -> http.client.HTTPResponse:
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        # All of it is here, or it is another pack: ask again from the start.
        error.close()
        whole = urllib.request.Request(request.full_url)  # noqa: S310 - the scheme was checked
        answer = urllib.request.urlopen(whole, timeout=TIMEOUT)  # noqa: S310
    return answer


def _continues(answer: http.client.HTTPResponse, *, have: int) -> bool:
    """Does the answer begin where we stopped? A proxy may well send the whole again."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise http.client.HTTPException("another part was sent than the one asked for")
    return True


def _remember(tag: Path, etag: str) -> None:
    """Keep a strong ETag: only with one can a fetch be resumed without mixing two packs."""
    if etag.startswith('"') and etag.isascii():
        tag.write_text(etag, "ascii")
    else:
        tag.unlink(missing_ok=True)


def _reason(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
