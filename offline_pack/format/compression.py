"""Zstandard, used only where it pays and never without a bound."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from offline_pack.format.errors import PackFormatError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 9
CHUNK = 1024 * 1024  # bytes
MIN_SIZE = 64  # bytes: a frame's header costs more than it saves below
MIN_SAVING_PERCENT = 5
_WINDOW_LOG = 22  # 4 MiB when writing
_WINDOW_LOG_MAX = 23  # 8 MiB accepted when reading

_TEXT_LIKE = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/xml",
        "image/svg+xml",
    }
)


class DecompressionError(PackFormatError):
    """Not one whole frame of the size that was announced."""


def may_compress(media_type: str, size: int) -> bool:
    """Is it text-like and large enough to be worth a try?"""
    kind = media_type.partition(";")[0].strip().lower()
    text_like = kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in _TEXT_LIKE
    return text_like and size >= MIN_SIZE


def is_worth_it(*, raw: int, stored: int) -> bool:
    return stored * 100 <= raw * (100 - MIN_SAVING_PERCENT)


def compress(chunks: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """One frame for ``size`` raw bytes; the same bytes give the same frame."""
    compressor = zstd.ZstdCompressor(
        options={
            zstd.CompressionParameter.compression_level: LEVEL,
            zstd.CompressionParameter.window_log: _WINDOW_LOG,
            zstd.CompressionParameter.content_size_flag: 1,
        }
    )
    compressor.set_pledged_input_size(size)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def decompress(chunks: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """The raw bytes of one frame, ``size`` of them and not one more.

    Raises ``DecompressionError``; memory stays below the window and two chunks, whatever the
    frame claims.
    """
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG_MAX}
    decompressor = zstd.ZstdDecompressor(options=options)
    left = size
    try:
        for chunk in chunks:
            data = chunk
            while data or not decompressor.needs_input:
                if decompressor.eof:
                    break
                raw = decompressor.decompress(data, max_length=min(CHUNK, left + 1))
                data = b""
                left -= len(raw)
                if left < 0:
                    raise DecompressionError(f"more than {size} bytes come out")
                yield raw
            if decompressor.eof and (data or decompressor.unused_data):
                raise DecompressionError("something follows the compressed frame")
    except zstd.ZstdError as error:
        raise DecompressionError(str(error)) from error
    if not decompressor.eof or left:
        raise DecompressionError(f"{left} bytes are missing")
