"""The settings this app reads, with their defaults."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def data_folder() -> Path:
    return Path(settings.YELEN_DATA_DIR)


def keys_folder() -> Path:
    """Private keys of this installation; readable by its user only."""
    return data_folder() / "keys"


def packs_folder() -> Path:
    """Packs built here, or brought here by upload or download."""
    return data_folder() / "packs"


def usb_folder() -> Path:
    """Where a USB stick shows up."""
    return Path(getattr(settings, "YELEN_USB_DIR", data_folder() / "usb"))


def reserve_bytes() -> int:
    """Room that an import leaves free, so that learners can always write."""
    return int(getattr(settings, "YELEN_RESERVE_BYTES", 512 * 1024 * 1024))


def centre_name() -> str:
    """How this centre calls itself in trust files."""
    return str(getattr(settings, "WAGTAIL_SITE_NAME", "Yelen"))
