"""Zstandard, used only where it pays and never without a bound."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from offline_pack.format.errors import PackFormatError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 9
CHUNK = 1024 * 1024  # bytes
MIN_SIZE = 64  # bytes: a frame's header costs more than it saves below
MIN_SAVING_PERCENT = 5
PATCH_MAX = 16 * 1024 * 1024  # bytes of a patch's base, and of what comes out of it
PATCH_SAVING_PERCENT = 10  # against the blob without its base
_WINDOW_LOG = 22  # 4 MiB when writing
_WINDOW_LOG_MAX = 23  # 8 MiB accepted when reading
_PATCH_WINDOW_LOG_MAX = 25  # 32 MiB: a base and its target

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


def may_patch(*, base: int, size: int) -> bool:
    """Are base and target within what a small reader can hold in memory? Bytes."""
    return MIN_SIZE <= size <= PATCH_MAX and 0 < base <= PATCH_MAX


def is_patch_worth_it(*, plain: int, patch: int) -> bool:
    return patch * 100 <= plain * (100 - PATCH_SAVING_PERCENT)


def compress(chunks: Iterable[bytes], *, size: int, base: bytes | None = None) -> Iterator[bytes]:
    """One frame for ``size`` raw bytes; the same bytes give the same frame.

    With ``base`` the frame only says how the bytes differ from these.
    """
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: LEVEL,
        zstd.CompressionParameter.window_log: _WINDOW_LOG,
        zstd.CompressionParameter.content_size_flag: 1,
    }
    if base is not None:
        window = (len(base) + size - 1).bit_length()
        options[zstd.CompressionParameter.window_log] = max(window, _WINDOW_LOG)
        options[zstd.CompressionParameter.enable_long_distance_matching] = 1
    compressor = zstd.ZstdCompressor(options=options, zstd_dict=_prefix(base))
    compressor.set_pledged_input_size(size)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def decompress(
    chunks: Iterable[bytes], *, size: int, base: bytes | None = None
) -> Iterator[bytes]:
    """The raw bytes of one frame, ``size`` of them and not one more.

    ``base`` is what the frame was made against, if it was. Raises ``DecompressionError``; memory
    stays below the window and two chunks, whatever the frame claims.
    """
    window = _WINDOW_LOG_MAX if base is None else _PATCH_WINDOW_LOG_MAX
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: window}
    decompressor = zstd.ZstdDecompressor(options=options, zstd_dict=_prefix(base))
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


def _prefix(base: bytes | None) -> Any:
    return zstd.ZstdDict(base, is_raw=True).as_prefix if base is not None else None
