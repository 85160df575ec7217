"""Who is learning: ``request.learner``; and what a shared computer must not remember."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from lms.models import Learner
from lms.models.learner import PERSON
from lms.sessions import LEARNER_KEY, end_if_idle, is_signed_in, note_use


class LearnerMiddleware:
    """Give each request a lazy ``learner``: the one signed in by PIN, or the user's; else None.

    Pages of a signed-in person are not stored: Back never shows them to the next one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        end_if_idle(request)
        request.learner = SimpleLazyObject(lambda: learner_of(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not response.has_header("Location"):  # else the next page notes it, a moment later
            note_use(request)
        if not response.has_header("Cache-Control") and _is_personal(request):
            response["Cache-Control"] = "no-store"
        return response


def learner_of(request: HttpRequest) -> Learner | None:
    if learner_id := request.session.get(LEARNER_KEY):
        row = Learner.objects.filter(pk=learner_id)  # or the other id of one person, since
        learners = Learner.objects.active().select_related("telecentre")
        return learners.filter(pk__in=row.values(person=PERSON)).first()
    if not request.user.is_authenticated:
        return None
    learner: Learner | None = getattr(request.user, "learner", None)  # see lms.backends
    if learner and (learner.same_as_id or learner.retired_at):  # another id of theirs may go on
        return Learner.objects.active().filter(pk=learner.person_id).first()
    return learner


def _is_personal(request: HttpRequest) -> bool:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    return (has_cookie or request.session.modified) and is_signed_in(request)
