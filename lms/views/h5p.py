"""What an exercise's page sends: what happened in it, and the state to go on from.

Who did it comes from the session, what it is about from the address; the exercise itself, code
nobody here has read, is believed on nothing but its answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.errors import H5PResultError
from courses.models import Activity
from lms.enrolling import is_enrolled
from lms.errors import NotFollowedError, StatementError
from lms.exercising import LARGEST_STATE, keep_state, kept_states, mark_done, take_statement
from lms.models import Learner
from lms.permissions import learner_required
from lms.progress import get_ready
from lms.views.lessons import learner_of

LARGEST_BODY = 6 * LARGEST_STATE + 4096  # bytes; JSON may write one as six
LONGEST_NUMBER = 9  # digits


@require_POST
@learner_required
def statements(request: HttpRequest, slug: str, number: str, activity_id: UUID) -> HttpResponse:
    """One xAPI statement of the exercise; 400 when it cannot be true."""
    document = _document(request)
    statement = document.get("statement") if document else None
    if not isinstance(statement, Mapping):
        return _refused(_("This is not a statement."))
    try:
        is_complete = take_statement(
            _learner(request),
            _exercises(slug, activity_id),
            statement=statement,
            version=_version(request),
        )
    except Activity.DoesNotExist as error:
        raise Http404 from error
    except NotFollowedError:
        return JsonResponse({"error": _("Begin the course first.")}, status=403)
    except (H5PResultError, StatementError):
        return _refused(_("This result cannot be."))
    return JsonResponse({"complete": is_complete, "words": _("Done") if is_complete else ""})


@require_http_methods(["GET", "POST"])
@learner_required
def state(request: HttpRequest, slug: str, number: str, activity_id: UUID) -> HttpResponse:
    """Where the learner stopped inside the exercise; at most 64 KiB a part."""
    learner, activity = _learner(request), _activity(slug, activity_id)
    if not is_enrolled(learner, activity.course_id):
        return JsonResponse({"states": []} if request.method == "GET" else {}, status=200)
    if request.method == "GET":
        get_ready(activity)
        return JsonResponse({"states": kept_states(learner, activity)})
    words = [
        (_document(request) or {}).get(name) for name in ("dataType", "subContentId", "state")
    ]
    if not all(isinstance(word, str) for word in words):
        return _refused(_("This is not a state."))
    data_type, sub_content_id, text = (str(word) for word in words)
    if not keep_state(
        learner, activity, data_type=data_type, sub_content_id=sub_content_id, text=text
    ):
        return JsonResponse({"error": _("This state is too large.")}, status=413)
    return JsonResponse({"saved": True})


@require_http_methods(["GET", "POST"])
@learner_required
def mark(request: HttpRequest, slug: str, number: str, activity_id: UUID) -> HttpResponse:
    """The learner says the exercise is done, where its author lets them say so."""
    if request.method == "POST":
        try:
            mark_done(_learner(request), _exercises(slug, activity_id), version=_version(request))
        except (Activity.DoesNotExist, StatementError) as error:
            raise Http404 from error
    return redirect("yelen_courses:lesson", slug, number)


def _document(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object sent, if it is one of fair size."""
    if request.method != "POST" or len(request.body) > LARGEST_BODY:
        return None
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _version(request: HttpRequest) -> int | None:
    """The version of the course the page was made from; raises ``StatementError``."""
    text = request.GET.get("version")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and int(text)):
        raise StatementError(f"{text[:20]!r} is no version of a course")
    return int(text)


def _learner(request: HttpRequest) -> Learner:
    learner = learner_of(request)
    assert learner is not None  # noqa: S101 - the decorator let a learner in
    return learner


def _activity(slug: str, activity_id: UUID) -> Activity:
    return get_object_or_404(_exercises(slug, activity_id))


def _exercises(slug: str, activity_id: UUID) -> QuerySet[Activity]:
    return Activity.objects.select_related("course").filter(
        pk=activity_id, kind="h5p", course__slug=slug, retired_at=None
    )


def _refused(words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=400)
