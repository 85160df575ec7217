"""Bombs: each is refused by a child whose memory may hardly grow."""

from __future__ import annotations

import sys

import pytest

from tests.faults.running import told_by

EXPECTED = {
    "a course document that becomes a gigabyte": "BlobDamagedError",
    "a patch that becomes a gigabyte": "BlobDamagedError",
    "a blob of 64 GiB, so it says": "CourseContentError",
    "a course document 100,000 deep": "CourseContentError",
    "a course document of 15 million values": "CourseContentError",
    "a manifest of 2 GB": "MetaTooLargeError",
    "a manifest longer than the file": "PackSizeError",
    "a manifest 100,000 deep": "ManifestError",
    "a million tiny blobs": "ManifestError",
    "two million short values": "ManifestError",
    "as many values as are allowed": "NotAPackError",
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_no_pack_takes_the_memory_of_a_small_machine():
    found = told_by("memory")

    print("\nmegabytes above idle:", {name: report["grown"] for name, report in found.items()})
    assert {name: report["error"] for name, report in found.items()} == EXPECTED
    assert [report["faults"] for report in found.values()] == [[]] * len(EXPECTED)
    assert max(report["grown"] for report in found.values()) < 128
    small = [report["grown"] for report in found.values() if report["limit"] == 64]
    assert max(small) < 24
