"""Learners go on writing on a full disk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from offline_pack.reserve import give_ballast_back, give_ballast_if_full, is_full_error


class RoomToWrite:
    """Gives the ballast up when the disk is full, before a request has to fail for it.

    The first of all middleware: sessions are written on the way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        give_ballast_if_full()
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """The disk filled up meanwhile: once there is room, do it again.

        What was being written was rolled back whole, and an answer given twice counts once.
        """
        if not is_full_error(exception) or not give_ballast_back():
            return None
        match = request.resolver_match
        assert match is not None  # noqa: S101 - a view was running
        response = match.func(request, *match.args, **match.kwargs)
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
        return response
