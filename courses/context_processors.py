"""What every page knows about the site it is on."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from courses.conf import is_telecentre, offers_languages
from courses.navigation import menu_for


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "is_telecentre": is_telecentre(),
        "offers_languages": offers_languages(),
        "menu": SimpleLazyObject(lambda: menu_for(request)),
    }
