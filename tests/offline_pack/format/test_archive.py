"""The ZIP structure where ordinary numbers are too small."""

from __future__ import annotations

import zipfile
import zlib

import pytest

from offline_pack.format import archive


def write_zip(path, contents, *, zip64_from):
    """A pack-like ZIP in which numbers from ``zip64_from`` count as large."""
    written, data = [], b""
    for name, content in contents.items():
        entry = archive.place(
            name, at=len(data), size=len(content), aligned=True, zip64_from=zip64_from
        )
        data += archive.local_header(entry, crc=zlib.crc32(content)) + content
        written.append((entry, zlib.crc32(content)))
    data += archive.central_directory(written, zip64_from=zip64_from)
    path.write_bytes(data)
    return [entry for entry, _crc in written]


@pytest.mark.parametrize("zip64_from", [1, 100, 70_000, archive.ZIP64_FROM])
def test_zip64_fields_are_read_by_a_standard_tool(tmp_path, zip64_from):
    contents = {"META/a": b"x" * 50, "blobs/b": b"y" * 150, "blobs/c": b"z" * 70_000}

    write_zip(tmp_path / "a.zip", contents, zip64_from=zip64_from)

    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == contents


def test_more_entries_than_a_plain_zip_can_count(tmp_path):
    contents = {f"blobs/{number:05}": b"" for number in range(0x10001)}

    write_zip(tmp_path / "a.zip", contents, zip64_from=archive.ZIP64_FROM)

    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert len(opened.namelist()) == 0x10001


@pytest.mark.parametrize("before", range(3980, 4100))
def test_alignment_holds_wherever_an_entry_starts(before):
    name = "blobs/" + "a" * 64

    entry = archive.place(name, at=before, size=archive.ALIGN_FROM, aligned=True)

    assert entry.data_at % archive.ALIGNMENT == 0
    assert entry.padding == 0 or entry.padding >= 6
    assert len(archive.local_header(entry, crc=0)) == entry.data_at - entry.header_at
