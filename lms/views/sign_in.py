"""Coming in and going out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.conf import is_telecentre
from courses.pages import Page
from lms.models import Learner
from lms.permissions import staff_role
from lms.pins import LENGTH, PinCheck, check_pin
from lms.sessions import close_session, open_session, stay
from lms.signing_in import (
    first_letter,
    first_letters,
    folded,
    groups_here,
    learners_here,
)

NAMES_A_PAGE = 60
LETTERS_FROM = 12  # names; fewer are all in view


def sign_in(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """By name and PIN at a telecentre, by password at the centre."""
    view = GroupsView if is_telecentre() else PasswordView
    return view.as_view()(request, **kwargs)


class PasswordView(LoginView):
    """User name and password: staff everywhere, learners with an account at the centre."""

    template_name = "yelen_lms/sign_in.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        address = self.get_redirect_url()
        close_session(self.request)
        response = super().form_valid(form)
        user = form.get_user()
        if address:
            return response
        if staff_role(user) is not None:
            return redirect("yelen_lms:centre")
        return response if hasattr(user, "learner") else redirect("yelen_courses:catalogue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(by_pin=is_telecentre(), **kwargs)


class TelecentreOnly:
    """Names are listed on a telecentre's own network, nowhere else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_telecentre():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class GroupsView(TelecentreOnly, Page):
    template_name = "yelen_lms/sign_in_groups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            groups=list(groups_here()),
            has_people=learners_here().exists(),
            next=_next(self.request),
            **kwargs,
        )


class NamesView(TelecentreOnly, Page):
    """The people of a group, or of the telecentre; by first letter, or looked up."""

    template_name = "yelen_lms/sign_in_names.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group, learners = None, learners_here()
        if "cohort_id" in self.kwargs:
            group = get_object_or_404(groups_here(), pk=self.kwargs["cohort_id"])
            learners = learners.in_group(group.pk)
        people = list(learners.order_by("name").only("id", "name"))
        letter, sought = self.request.GET.get("lettre", "")[:1], self.request.GET.get("q", "")
        found = [person for person in people if _matches(person, letter=letter, sought=sought)]
        page = Paginator(found, NAMES_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            group=group,
            letters=first_letters(p.name for p in people) if len(people) > LETTERS_FROM else [],
            letter=letter,
            sought=sought,
            page=page,
            page_query=urlencode({"lettre": letter, "q": sought, "next": _next(self.request)}),
            next=_next(self.request),
            **kwargs,
        )


class PinView(TelecentreOnly, Page):
    template_name = "yelen_lms/sign_in_pin.html"

    def post(self, request: HttpRequest, learner_id: UUID) -> HttpResponseBase:
        person = self._person()
        pin = "".join(request.POST.get("pin", "").split())
        if len(pin) != LENGTH or not pin.isdigit():
            return self._again(_("Type the four digits of your PIN."))
        checked = check_pin(person.pk, pin, address=request.META.get("REMOTE_ADDR", "")[:45])
        if not checked.is_right:
            return self._again(_wrong_in_words(checked))
        open_session(request, person)
        return HttpResponseRedirect(_next(request) or reverse("yelen_lms:home"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self._person(), next=_next(self.request), **kwargs)

    def _person(self) -> Learner:
        return get_object_or_404(learners_here(), pk=self.kwargs["learner_id"])

    def _again(self, error: str) -> HttpResponseBase:
        context = self.get_context_data(error=error)
        return self.render_to_response(context, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    close_session(request)
    return redirect("yelen_courses:catalogue")


@require_POST
def stay_view(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: 204, or 403 when the session is over. A form goes back home."""
    if not stay(request):
        return HttpResponse(status=403)
    if "text/html" in request.headers.get("Accept", ""):
        return redirect("yelen_lms:home")
    return HttpResponse(status=204)


def _matches(person: Learner, *, letter: str, sought: str) -> bool:
    if sought:
        return folded(sought) in folded(person.name)
    return not letter or first_letter(person.name) == letter.upper()


def _wrong_in_words(checked: PinCheck) -> str:
    if not checked.wait:
        return _("This is not the right PIN. Try again, or ask the manager.")
    if checked.by_machine:
        return _("Many wrong PINs were typed on this computer. Wait a minute, or ask the manager.")
    minutes = -(-checked.wait // 60)
    return ngettext(
        "Too many wrong tries. Wait %(number)d minute, or ask the manager.",
        "Too many wrong tries. Wait %(number)d minutes, or ask the manager.",
        minutes,
    ) % {"number": minutes}


def _next(request: HttpRequest) -> str:
    """Where to go afterwards; an address of this site, or nothing."""
    address = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else ""
