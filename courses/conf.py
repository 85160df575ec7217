"""The settings this app reads, with their defaults."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def data_folder() -> Path:
    """What this installation owns besides its database; ``yelen`` in ``BASE_DIR`` by default.

    Raises ``ImproperlyConfigured`` when the settings name neither.
    """
    if folder := getattr(settings, "YELEN_DATA_DIR", None):
        return Path(folder)
    if base := getattr(settings, "BASE_DIR", None):
        return Path(base) / "yelen"
    raise ImproperlyConfigured(
        "Set YELEN_DATA_DIR in the settings: the folder that holds the files of courses and keys."
    )


def blob_folder() -> Path:
    """Where blobs lie: one folder an instance, on the same file system as its database."""
    return data_folder() / "blobs"


def is_telecentre() -> bool:
    """Whether this is a telecentre; a site that does not say is a centre."""
    return bool(getattr(settings, "YELEN_ROLE", "central") == "telecentre")


def offers_languages() -> bool:
    """Whether visitors may change the language: the site chose some, and acts on the choice."""
    were_chosen = settings.is_overridden("LANGUAGES")  # type: ignore[misc]
    can_change = "django.middleware.locale.LocaleMiddleware" in settings.MIDDLEWARE
    return bool(were_chosen) and can_change and len(settings.LANGUAGES) > 1
