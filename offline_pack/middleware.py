"""Learners go on writing on a full disk."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from offline_pack.reserve import (
    give_ballast_back,
    give_ballast_if_full,
    has_no_room,
    is_full_error,
)

_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR


class RoomToWrite:
    """Gives the ballast up when the disk is full, before a request has to fail for it.

    When that was done before and nothing is left, a fault is told as what it is.

    The first of all middleware: sessions are written on the way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        give_ballast_if_full()
        response = self.get_response(request)
        if response.status_code == _FAULT and has_no_room():
            return _told(response)
        return response

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


def _told(fault: HttpResponseBase) -> HttpResponse:
    """The page that names the full disk, as guarded as the one it stands for."""
    page = render_to_string("yelen_offline_pack/full.html")
    others = ("content-length", "content-type")
    guards = {name: value for name, value in fault.items() if name.lower() not in others}
    return HttpResponse(page, status=HTTPStatus.INSUFFICIENT_STORAGE, headers=guards)
