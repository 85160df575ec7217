"""The settings this app reads, with their defaults."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def blob_folder() -> Path:
    """Where blobs lie: one folder an instance, on the same file system as its database."""
    return Path(settings.YELEN_DATA_DIR) / "blobs"
