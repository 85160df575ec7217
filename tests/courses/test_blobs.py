from __future__ import annotations

import errno
import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from courses.blobs import (
    blob_path,
    has_blob,
    open_blob,
    place_blob,
    read_blob,
    store_blob,
    store_bytes,
    stored_blobs,
)
from courses.conf import blob_folder
from courses.errors import BlobMismatchError, BlobMissingError
from courses.models import Blob
from courses.outline import BlobRef

pytestmark = pytest.mark.django_db

CONTENT = b"Le courant du mur peut tuer." * 100_000  # more than one chunk
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_bytes_are_kept_under_their_hash_and_noted():
    ref = store_bytes(CONTENT, "text/plain")

    assert ref == BlobRef(SHA256, len(CONTENT), "text/plain")
    assert blob_path(SHA256) == blob_folder() / SHA256[:2] / SHA256
    assert read_blob(SHA256) == CONTENT
    row = Blob.objects.get()
    assert (row.pk, row.size, row.is_public) == (SHA256, len(CONTENT), False)


def test_the_same_bytes_twice_are_one_blob_and_the_first_word_on_it_stays():
    store_bytes(CONTENT, "text/plain")
    before = blob_path(SHA256).stat()

    store_bytes(CONTENT, "text/other")

    after = blob_path(SHA256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert Blob.objects.get().media_type == "text/plain"
    assert list(stored_blobs()) == [SHA256]


def test_a_blob_is_not_writable():
    store_bytes(CONTENT, "text/plain")

    assert blob_path(SHA256).stat().st_mode & 0o222 == 0


def test_bytes_that_are_not_the_ones_promised_leave_no_trace():
    with pytest.raises(BlobMismatchError) as caught:
        store_blob(BytesIO(CONTENT), "text/plain", expected="0" * 64)

    assert caught.value.actual == SHA256
    assert not Blob.objects.exists()
    assert list(blob_folder().iterdir()) == []


class FailingStream:
    def __init__(self):
        self.parts = iter([b"half"])

    def read(self, _size):
        try:
            return next(self.parts)
        except StopIteration as error:
            raise OSError("the stick was pulled") from error


def test_a_stream_that_breaks_off_leaves_no_trace():
    with pytest.raises(OSError, match="stick"):
        store_blob(FailingStream(), "text/plain")

    assert not Blob.objects.exists()
    assert list(blob_folder().iterdir()) == []


def test_existence_is_asked_of_the_disk_not_of_the_database():
    Blob.objects.create(sha256=SHA256, size=1, media_type="text/plain")
    assert not has_blob(SHA256)

    with pytest.raises(BlobMissingError):
        open_blob(SHA256)


@pytest.mark.parametrize(
    "name", ["", "ab", "../../etc/passwd", "A" * 64, "g" * 64, "/" * 64, "0" * 63 + "\n"]
)
def test_a_name_that_is_no_hash_never_reaches_the_disk(name):
    with pytest.raises(BlobMissingError):
        blob_path(name)


def test_a_verified_file_is_renamed_into_place(tmp_path):
    source = blob_folder() / "staged"
    source.write_bytes(CONTENT)

    place_blob(source, SHA256)

    assert not source.exists()
    assert read_blob(SHA256) == CONTENT


def test_a_small_file_that_rotted_is_not_believed():
    store_bytes(CONTENT, "text/plain")
    blob_path(SHA256).chmod(0o644)
    blob_path(SHA256).write_bytes(CONTENT[1:])

    with pytest.raises(BlobMismatchError):
        read_blob(SHA256)


def test_a_file_the_disk_cannot_read_counts_as_missing(monkeypatch):
    store_bytes(CONTENT, "text/plain")

    def failing(*_args, **_kwargs):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "open", failing)

    with pytest.raises(BlobMissingError):
        open_blob(SHA256)
