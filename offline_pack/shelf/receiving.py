"""Packs brought in through the browser: kept only if they can be read and are trusted."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.text import get_valid_filename

from offline_pack.conf import received_folder
from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.gathering import ENDING
from offline_pack.installing.importer import open_pack
from offline_pack.reserve import check_reserve
from offline_pack.shelf.places import chosen_pack

MAX_NAME = 100  # characters


def receive_pack(upload: UploadedFile[bytes], *, trusted: TrustedKeys) -> Path:
    """Keep an uploaded pack among those received; its blobs are checked when it is installed.

    Raises a ``PackFormatError`` or ``NotEnoughSpaceError``; then nothing is kept.
    """
    folder = received_folder()
    folder.mkdir(parents=True, exist_ok=True)
    is_written = isinstance(upload, TemporaryUploadedFile)  # it took its room on the way in
    check_reserve(0 if is_written else upload.size or 0, folder=folder)
    draft = folder / f".{os.getpid()}-{_safe_name(upload.name or '')}"
    try:
        _save(upload, draft)
        open_pack(draft, trusted=trusted).close()
        return draft.replace(folder / _safe_name(upload.name or ""))
    finally:
        draft.unlink(missing_ok=True)


def forget_pack(name: str) -> None:
    """Remove a received pack; raises ``PackNotFoundError``."""
    chosen_pack("received", name).unlink(missing_ok=True)


def _save(upload: UploadedFile[bytes], draft: Path) -> None:
    """A large upload is a file on this disk already: a second name costs no copy."""
    if isinstance(upload, TemporaryUploadedFile):
        try:
            os.link(upload.temporary_file_path(), draft)
        except OSError:  # another disk
            pass
        else:
            return
    with draft.open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)


def _safe_name(name: str) -> str:
    stem = name.rsplit("/", 1)[-1].removesuffix(ENDING).lstrip(".")[:MAX_NAME]
    return get_valid_filename(stem or "paquet") + ENDING
