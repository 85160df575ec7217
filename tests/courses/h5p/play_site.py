"""A site of two pages for browser tests: an exercise, and an ear for what it says."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from django.views.decorators.csrf import ensure_csrf_cookie

from courses.models import Activity

urlpatterns: list[Any] = []
statements: list[dict[str, Any]] = []
states: dict[tuple[str, str], str] = {}
refusals: list[int] = []  # statuses to answer with, the next one first


def forget() -> None:
    statements.clear()
    states.clear()
    refusals.clear()


@ensure_csrf_cookie
def lesson(request: HttpRequest, pk: str) -> HttpResponse:
    activity = Activity.objects.get(pk=pk)
    return render(
        request,
        "h5p_lesson.html",
        {
            "activity": activity,
            "player_url": reverse("yelen_courses:h5p_player", args=[pk, 1]),
            "statement_url": "/faits/",
            "state_url": "/etat/",
        },
    )


def take_statement(request: HttpRequest) -> HttpResponse:
    if refusals:
        return JsonResponse({}, status=refusals.pop(0))
    statements.append(json.loads(request.body)["statement"])
    return JsonResponse({"complete": False})


def state(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        kept = [
            {"dataType": data_type, "subContentId": part, "state": text}
            for (data_type, part), text in states.items()
        ]
        return JsonResponse({"states": kept})
    body = json.loads(request.body)
    states[body["dataType"], body["subContentId"]] = body["state"]
    return JsonResponse({})


urlpatterns += [
    path("lecon/<uuid:pk>/", lesson),
    path("faits/", take_statement),
    path("etat/", state),
    path("", include("courses.urls")),
]
