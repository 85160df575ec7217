"""The manager and their learners: finding them, adding one, a new PIN, opening a session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.conf import is_telecentre
from courses.pages import Page
from lms.learners import register_learner
from lms.models import Cohort, Learner, Telecentre
from lms.models.learner import LearnerQuerySet, Sex
from lms.permissions import (
    User,
    manager_required,
    staff_profile,
    visible_cohorts,
    visible_learners,
)
from lms.pins import new_pin
from lms.profiles import YEARS
from lms.sessions import open_session
from lms.signing_in import folded, telecentre_here

LEARNERS_A_PAGE = 50
MOST_FOUND = 500  # beyond that, a search is no help


class NewLearnerForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=120)
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=gettext_lazy("Group"),
        required=False,
        empty_label=gettext_lazy("No group"),
    )
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=Sex, required=False)
    birth_year = forms.IntegerField(
        label=gettext_lazy("Year of birth (optional)"),
        required=False,
        min_value=YEARS.start,
        max_value=YEARS.stop,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = visible_cohorts(user).filter(closed_at=None)  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autofocus"] = True

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year and year > timezone.now().year:
            raise forms.ValidationError(_("This year has not come yet."))
        return year


@method_decorator(manager_required, name="dispatch")
class LearnersView(Page):
    template_name = "yelen_lms/learners.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sought, group = self.request.GET.get("q", ""), self.request.GET.get("groupe", "")
        cohorts = list(visible_cohorts(self.request.user))
        chosen = next((cohort for cohort in cohorts if str(cohort.pk) == group), None)
        people = _found(visible_learners(self.request.user), cohort=chosen, sought=sought)
        page = Paginator(people.prefetch_related("cohorts", "others__cohorts"), LEARNERS_A_PAGE)
        return super().get_context_data(
            page=page.get_page(self.request.GET.get("page")),
            cohorts=cohorts,
            chosen=chosen,
            sought=sought,
            page_query=urlencode({"q": sought, "groupe": group}),
            by_pin=is_telecentre(),
            **kwargs,
        )


@method_decorator(manager_required, name="dispatch")
class NewLearnerView(Page):
    """A form that asks little; at a telecentre the PIN follows at once."""

    template_name = "yelen_lms/learner_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", NewLearnerForm(user=self.request.user))
        return super().get_context_data(way=_way(), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = NewLearnerForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        cohort = form.cleaned_data["cohort"]
        telecentre = cohort.telecentre if cohort else _telecentre(request)
        if telecentre is None:
            form.add_error("cohort", _("Choose a group."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        learner = register_learner(
            form.cleaned_data["name"],
            telecentre=telecentre,
            sex=form.cleaned_data["sex"],
            birth_year=form.cleaned_data["birth_year"],
        )
        if cohort:
            cohort.learners.add(learner)
        messages.success(request, _("%(name)s is registered.") % {"name": learner.name})
        if is_telecentre():
            return redirect("yelen_lms:learner_pin", learner.pk)
        return redirect("yelen_lms:learners")


class OneLearner(Page):
    """A page about one learner the manager may manage, at a telecentre."""

    def person(self) -> Learner:
        if not is_telecentre():
            raise Http404
        learners = visible_learners(self.request.user).active()
        return get_object_or_404(learners, pk=self.kwargs["learner_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("person", self.person())
        return super().get_context_data(way=_way(), **kwargs)


@method_decorator(manager_required, name="dispatch")
class PinView(OneLearner):
    """POST makes a new PIN and shows it, this once, on a card to print."""

    template_name = "yelen_lms/learner_pin.html"

    def post(self, request: HttpRequest, learner_id: UUID) -> HttpResponseBase:
        person = self.person()
        return self.render_to_response(self.get_context_data(person=person, pin=new_pin(person)))


@method_decorator(manager_required, name="dispatch")
class OpenSessionView(OneLearner):
    """For who forgot their PIN: this browser becomes theirs."""

    template_name = "yelen_lms/learner_session.html"

    def post(self, request: HttpRequest, learner_id: UUID) -> HttpResponseBase:
        open_session(request, self.person())
        return redirect("yelen_lms:home")


def _way() -> tuple[tuple[str, str], ...]:
    """Where a page about one learner lies."""
    return (
        (_("Management"), reverse("yelen_lms:centre")),
        (_("Learners"), reverse("yelen_lms:learners")),
    )


def _found(people: LearnerQuerySet, *, cohort: Cohort | None, sought: str) -> LearnerQuerySet:
    """Active learners of the group whose name holds what is sought, accents aside."""
    people = people.active().order_by("name", "pk")
    if cohort:
        people = people.in_group(cohort.pk)
    if sought.strip():
        names = people.values_list("pk", "name")
        found = [pk for pk, name in names if folded(sought) in folded(name)]
        people = people.filter(pk__in=found[:MOST_FOUND])
    return people


def _telecentre(request: HttpRequest) -> Telecentre | None:
    """Where a learner without a group belongs: the manager's telecentre, or this machine's."""
    profile = staff_profile(request.user)
    if profile and profile.telecentre:
        return profile.telecentre
    here = telecentre_here()
    return Telecentre.objects.filter(pk=here).first() if here else None
