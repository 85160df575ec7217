"""The centre's page "People", inside Wagtail's admin: who is one person, and who is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.admin_frame import admin_frame
from lms.errors import SamePersonError
from lms.models import Alias, Erasure, Learner
from lms.people.aliasing import decide, undo
from lms.people.erasing import erase_person
from lms.people.likeness import merged_pairs, name_key, proposals, records_of
from lms.people.record import record_csv, record_json
from lms.permissions import User, can_erase_people, can_merge_people
from lms.signing_in import folded

View = Callable[..., HttpResponseBase]
ON_A_PAGE = 20
MOST_FOUND = 20


def _only(is_allowed: Callable[[User], bool]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_allowed(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


mergers = _only(can_merge_people)
erasers = _only(can_erase_people)


@mergers
@require_GET
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Who looks like one person registered twice, and what was decided."""
    sought = request.GET.get("q", "")
    page = Paginator(proposals(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = _frame(_("People")) | {
        "page": page,
        "merged": merged_pairs(),
        "sought": sought,
        "found": _found(sought),
        "may_erase": can_erase_people(request.user),
    }
    return TemplateResponse(request, "yelen_lms/people/list.html", context)


@mergers
@require_POST
def decide_view(request: HttpRequest) -> HttpResponse:
    one = get_object_or_404(Learner, pk=_id(request, "one"))
    other = get_object_or_404(Learner, pk=_id(request, "other"))
    is_same = request.POST.get("verdict") == "same"
    try:
        decide(one, other, is_same=is_same, by=request.user)  # type: ignore[arg-type]
    except SamePersonError:
        messages.error(request, _("These two cannot be made one person."))
        return redirect("yelen_people")
    if is_same:
        words = _("%(name)s is one person from now on. Telecentres learn it at their next sync.")
        messages.success(request, words % {"name": one.name})
    else:
        messages.success(request, _("They are two people. They are not proposed again."))
    return redirect("yelen_people")


@mergers
@require_POST
def undo_view(request: HttpRequest, alias_id: UUID) -> HttpResponse:
    undo(get_object_or_404(Alias, pk=alias_id), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("They are two people again, each with what they did."))
    return redirect("yelen_people")


@mergers
@require_GET
@never_cache
def person(request: HttpRequest, learner_id: UUID) -> HttpResponse:
    """What is held about one person; another row of theirs may be looked for."""
    found = _person(learner_id)
    rows = list(found.rows().select_related("telecentre", "organisation").order_by("pk"))
    sought = request.GET.get("q", "")
    others = [row for row in _found(sought) if row.person_id != found.pk]
    context = _frame(found.name, under=True) | {
        "person": found,
        "records": records_of(rows).values(),
        "erasure": Erasure.objects.filter(pk=found.pk).first(),
        "may_erase": can_erase_people(request.user),
        "sought": sought,
        "others": others,
    }
    return TemplateResponse(request, "yelen_lms/people/person.html", context)


@erasers
@require_GET
@never_cache
def person_json(request: HttpRequest, learner_id: UUID) -> HttpResponse:
    found = _person(learner_id)
    response = HttpResponse(record_json(found), content_type="application/json")
    return _as_file(response, f"yelen-{found.pk.hex[-8:]}.json")


@erasers
@require_GET
@never_cache
def person_csv(request: HttpRequest, learner_id: UUID) -> HttpResponseBase:
    found = _person(learner_id)
    response = StreamingHttpResponse(record_csv(found), content_type="text/csv; charset=utf-8")
    return _as_file(response, f"yelen-{found.pk.hex[-8:]}.csv")


@erasers
@require_http_methods(["GET", "POST"])
@never_cache
def erase_view(request: HttpRequest, learner_id: UUID) -> HttpResponse:
    """With GET, what goes and what stays; with POST and the name typed, it is done, for good."""
    found = _person(learner_id)
    if Erasure.objects.filter(pk=found.pk).exists():
        return redirect("yelen_person", learner_id=found.pk)
    is_named = folded(request.POST.get("name", "")) == folded(found.name)
    if request.method == "POST" and is_named:
        erase_person(found, by=request.user)  # type: ignore[arg-type]
        words = _("Erased here. Telecentres forget them at their next sync.")
        messages.success(request, words)
        return redirect("yelen_person", learner_id=found.pk)
    rows = list(found.rows().select_related("telecentre", "organisation"))
    context = _frame(_("Erase a person"), under=True) | {
        "person": found,
        "records": records_of(rows).values(),
        "is_wrong": request.method == "POST",
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "yelen_lms/people/erase.html", context, status=status)


def _person(learner_id: UUID) -> Learner:
    """By any id of theirs."""
    row = get_object_or_404(Learner.objects.select_related("same_as"), pk=learner_id)
    return row.same_as or row


def _found(sought: str) -> list[Learner]:
    """Rows whose name holds what is sought, accents and the order of words aside."""
    words = name_key(sought).split()
    if not words:
        return []
    rows = Learner.objects.exclude(pk__in=Erasure.objects.values("pk"))
    names = rows.order_by("name", "pk").values_list("pk", "name")
    keys = [pk for pk, name in names if all(word in folded(name) for word in words)]
    found = rows.filter(pk__in=keys[:MOST_FOUND]).select_related("telecentre")
    return list(found.order_by("name", "pk"))


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _as_file(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _frame(title: str, *, under: bool = False) -> dict[str, Any]:
    above = [(reverse("wagtailadmin_home"), _("Home"))]
    if under:
        above.append((reverse("yelen_people"), _("People")))
    return admin_frame(title, icon="group", above=tuple(above))
