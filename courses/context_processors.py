"""What every page knows about the site it is on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, object]:
    return {"is_telecentre": settings.YELEN_ROLE == "telecentre"}
