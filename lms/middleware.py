"""Who is learning: ``request.learner``."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from lms.models import Learner

SESSION_KEY = "learner_id"


class LearnerMiddleware:
    """Give each request a lazy ``learner``: the one signed in by PIN, or the user's; else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.learner = SimpleLazyObject(lambda: _learner_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _learner_of(request: HttpRequest) -> Learner | None:
    learners = Learner.objects.active().select_related("telecentre")
    if learner_id := request.session.get(SESSION_KEY):
        return learners.filter(pk=learner_id).first()
    if request.user.is_authenticated:
        return learners.filter(user=request.user).first()
    return None
