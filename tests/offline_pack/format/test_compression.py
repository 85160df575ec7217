from __future__ import annotations

import tracemalloc

import pytest

from offline_pack.format.compression import (
    DecompressionError,
    compress,
    decompress,
    is_worth_it,
    may_compress,
)


def frame(content):
    return b"".join(compress([content], size=len(content)))


@pytest.mark.parametrize("content", [b"", b"abc", b"Bonjour " * 500_000])
def test_what_is_compressed_comes_out_again(content):
    raw = b"".join(decompress([frame(content)], size=len(content)))

    assert raw == content


def test_a_bomb_is_stopped_at_the_size_announced():
    bomb = frame(bytes(200 * 1024 * 1024))
    tracemalloc.start()

    with pytest.raises(DecompressionError):
        for _ in decompress([bomb], size=1000):
            pass

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"not a frame at all",
        frame(b"abc" * 100)[:-1],
        frame(b"abc" * 100) + b"x",
        frame(b"abc" * 100) * 2,
        frame(b"abc" * 99),
    ],
)
def test_what_is_not_one_whole_frame_is_refused(spoilt):
    with pytest.raises(DecompressionError):
        list(decompress([spoilt], size=300))


def test_a_frame_may_come_in_any_pieces():
    whole = frame(b"abc" * 10_000)

    raw = b"".join(decompress([whole[n : n + 1] for n in range(len(whole))], size=30_000))

    assert raw == b"abc" * 10_000


@pytest.mark.parametrize(
    ("media_type", "size", "expected"),
    [
        ("text/html; charset=utf-8", 100, True),
        ("application/ld+json", 100, True),
        ("image/svg+xml", 100, True),
        ("image/webp", 100, False),
        ("application/zip", 100, False),
        ("text/plain", 63, False),
    ],
)
def test_only_text_is_tried(media_type, size, expected):
    assert may_compress(media_type, size) is expected


def test_five_percent_are_worth_it():
    assert is_worth_it(raw=100, stored=95)
    assert not is_worth_it(raw=100, stored=96)
