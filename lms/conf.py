"""The settings this app reads, with their defaults."""

from __future__ import annotations

from django.conf import settings


def clock_quality() -> int:
    """How far this machine's clock can be trusted, 0..3 (``lms.clock``); not at all by default."""
    return int(getattr(settings, "YELEN_CLOCK_QUALITY", 0))
