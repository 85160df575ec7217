"""Marking practicals, on a phone, while watching."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.activities.practical import Level
from courses.models import Activity
from courses.pages import Page
from lms.models import Attempt, Learner
from lms.observing import observe, practical_state, waiting_for
from lms.permissions import can_observe, staff_required, visible_cohorts, visible_learners

LEARNERS_A_PAGE = 50


@method_decorator(staff_required, name="dispatch")
class PracticalsView(Page):
    """Who waits; and below, any learner for any practical."""

    template_name = "yelen_lms/practicals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group = self.request.GET.get("groupe", "")
        practicals = list(
            Activity.objects.filter(kind="practical", retired_at=None, course__retired_at=None)
            .select_related("course", "lesson__module")
            .defer("definition", "lesson__block_documents")
            .order_by("course__title", "lesson__module__position", "lesson__position")
        )
        wanted = self.request.GET.get("pratique", "")
        chosen = next((item for item in practicals if str(item.pk) == wanted), None)
        cohorts = list(visible_cohorts(self.request.user))
        cohort = next((item for item in cohorts if str(item.pk) == group), None)
        return super().get_context_data(
            waiting=waiting_for(self.request.user),
            practicals=practicals,
            chosen=chosen,
            cohorts=cohorts,
            cohort=cohort,
            page_query=urlencode({"pratique": wanted, "groupe": group}),
            **(self._people(chosen, cohort) if chosen else {}),
            **kwargs,
        )

    def _people(self, practical: Activity, cohort: Any) -> dict[str, Any]:
        people = visible_learners(self.request.user).active().order_by("name", "pk")
        if cohort:
            people = people.in_group(cohort.pk)
        page = Paginator(people, LEARNERS_A_PAGE).get_page(self.request.GET.get("page"))
        shown = list(page.object_list)
        tries: dict[UUID, list[Attempt]] = {}
        for row in Attempt.objects.filter(activity_id=practical.pk, learner__in=shown):
            tries.setdefault(row.learner_id, []).append(row)
        return {
            "page": page,
            "people": [(person, _standing(tries.get(person.pk, []))) for person in shown],
        }


@method_decorator(staff_required, name="dispatch")
class MarkView(Page):
    """Every step, three levels each; the last marks are there already."""

    template_name = "yelen_lms/practical_mark.html"

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(
            Activity.objects.select_related("course", "lesson__module").defer(
                "lesson__block_documents"
            ),
            pk=self.kwargs["activity_id"],
            kind="practical",
            retired_at=None,
        )

    @cached_property
    def person(self) -> Learner:
        people = visible_learners(self.request.user).active()
        person = get_object_or_404(people, pk=self.kwargs["learner_id"])
        if not can_observe(self.request.user, person):
            raise PermissionDenied
        return person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = practical_state(self.person, self.activity)
        marked = kwargs.pop("marked", state.levels)
        return super().get_context_data(
            person=self.person,
            activity=self.activity,
            number=self.activity.lesson.number,
            state=state,
            items=[(item, marked.get(item.id, "")) for item in state.definition.items],
            levels=[
                (Level.NOT_SEEN.value, _("Not seen")),
                (Level.WITH_HELP.value, _("With help")),
                (Level.ALONE.value, _("Alone")),
            ],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        state = practical_state(self.person, self.activity)
        given = {item.id: request.POST.get(str(item.id), "") for item in state.definition.items}
        levels = {key: Level(text) for key, text in given.items() if text in list(Level)}
        if len(levels) < len(given):
            error = _("Mark every step; choose “Not seen” where you did not see it.")
            context = self.get_context_data(error=error, marked=levels)
            return self.render_to_response(context, status=422)
        after = observe(self.person, self.activity, levels=levels, observer=request.user)  # type: ignore[arg-type]
        words = _("%(name)s: practice passed.") if after.is_passed else _("%(name)s: marks saved.")
        messages.success(request, words % {"name": self.person.name})
        return redirect("yelen_lms:practicals")


def _standing(tries: list[Attempt]) -> str:
    """passed, begun (marked once), waiting, or nothing."""
    if any(row.is_passed for row in tries):
        return "passed"
    if any(row.finished_at is None for row in tries):
        return "waiting"
    return "begun" if tries else ""
