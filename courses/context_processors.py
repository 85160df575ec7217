"""What every page knows about the site it is on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from courses.navigation import menu_for


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "is_telecentre": getattr(settings, "YELEN_ROLE", "") == "telecentre",
        "menu": SimpleLazyObject(lambda: menu_for(request)),
    }
