"""Wagtail's admin writes styles and scripts inline, and shows uploads before they are stored."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

ADMIN = "admin/"
"""Where Wagtail's admin is, below the site's root: see ``cms.urls``."""

RELAXED = {
    "script-src": [UNSAFE_INLINE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["blob:"],
    "font-src": ["data:"],
}


class AdminContentSecurity:
    """Relax the policy of the site under the admin's address; nothing from elsewhere even there.

    Stands after ``CSPMiddleware``, which writes the header on the way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(f"/{ADMIN}"):
            response._csp_update = RELAXED  # type: ignore[attr-defined]
        return response
