"""Addresses of an exercise's files: signed and expiring, as no cookie leaves the sandbox.

A token opens the files of one activity in one version of its course, for whoever holds it. It
is the same all day, so that a browser fetches each file once.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner, b62_encode

from courses.errors import H5PTokenError

DAY = 24 * 3600  # seconds
LIFETIME = 2 * DAY


class _DaySigner(TimestampSigner):
    """A signer whose time stands still from midnight (UTC) to midnight."""

    def timestamp(self) -> str:
        return b62_encode(int(time.time()) // DAY * DAY)


def make_token(activity_id: UUID, *, version: int) -> str:
    return _signer().sign(f"{activity_id.hex}.{version}")


def read_token(token: str) -> tuple[UUID, int]:
    """The activity, and the course version it is played in; raises ``H5PTokenError``."""
    try:
        activity_id, version = _signer().unsign(token, max_age=LIFETIME).split(".")
        return UUID(activity_id), int(version)
    except (BadSignature, ValueError) as error:
        raise H5PTokenError("forged, or too old") from error


def _signer() -> _DaySigner:
    return _DaySigner(salt="yelen_courses.h5p")
