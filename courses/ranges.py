"""Sending bytes: whole, or the part asked for, so that a broken download goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag

from courses.blobs import open_blob
from courses.outline import BlobRef

CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImmutableBytes:
    """Bytes that never change under their name."""

    name: str  # names the bytes: their hash, or that of what they were made from
    size: int  # bytes
    media_type: str
    open: Callable[[], IO[bytes]]


def blob_response(request: HttpRequest, blob: BlobRef) -> HttpResponseBase:
    """The blob's bytes, or one range of them; raises ``BlobMissingError``."""
    return bytes_response(
        request,
        ImmutableBytes(blob.sha256, blob.size, blob.media_type, partial(open_blob, blob.sha256)),
    )


def bytes_response(request: HttpRequest, content: ImmutableBytes) -> HttpResponseBase:
    """All the bytes, or one range of them (RFC 9110, 14.2), kept by browsers for good."""
    etag = quote_etag(content.name)
    if etag in request.headers.get("If-None-Match", ""):
        return _with_headers(HttpResponse(status=304), etag)
    wanted = _wanted_range(request, etag=etag, size=content.size)
    if wanted is None:
        response = _stream(request, content, first=0, last=content.size - 1, status=200)
    elif not wanted:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{content.size}"
    else:
        first, last = wanted
        response = _stream(request, content, first=first, last=last, status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{content.size}"
    response["Accept-Ranges"] = "bytes"
    return _with_headers(response, etag)


def _wanted_range(
    request: HttpRequest, *, etag: str, size: int
) -> tuple[int, int] | tuple[()] | None:
    """First and last byte; () when they cannot be; None when the whole is wanted."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
    return (begin, end) if begin <= end and begin < size and (first or int(last)) else ()


def _stream(
    request: HttpRequest, content: ImmutableBytes, *, first: int, last: int, status: int
) -> HttpResponseBase:
    length = last - first + 1
    source = content.open()
    response: HttpResponseBase
    if request.method == "HEAD":
        source.close()
        response = HttpResponse(status=status, content_type=content.media_type)
    else:
        response = StreamingHttpResponse(
            _part(source, first=first, length=length),
            status=status,
            content_type=content.media_type,
        )
        response._resource_closers.append(source.close)  # type: ignore[attr-defined]
    response["Content-Length"] = str(length)
    return response


def _part(source: IO[bytes], *, first: int, length: int) -> Iterator[bytes]:
    with source:
        source.seek(first)
        while length > 0 and (chunk := source.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _with_headers(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
