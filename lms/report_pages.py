"""What a report page was asked for, within what its reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.models import Cohort, Learner, Telecentre
from lms.permissions import User, telecentre_of, visible_cohorts, visible_learners
from lms.reports import followers, lessons_table, telecentres_of

ROWS_A_PAGE = 50


class ReportForm(forms.Form):
    """The choice stands in the address, so that a report can be kept and sent on."""

    course = forms.ModelChoiceField(
        Course.objects.none(), to_field_name="slug", label=_("Course"), empty_label=None
    )
    telecentre = forms.ModelChoiceField(
        Telecentre.objects.none(),
        to_field_name="slug",
        label=_("Telecentre"),
        required=False,
        empty_label=_("All telecentres"),
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )

    def __init__(self, data: dict[str, Any], *, user: User) -> None:
        super().__init__(data, use_required_attribute=False, label_suffix="")
        self._offer("course", Course.objects.current())
        cohorts = visible_cohorts(user).select_related("telecentre")
        self._offer("cohort", cohorts.order_by("telecentre__name", "name"))
        if telecentre_of(user):
            del self.fields["telecentre"]
        else:
            self._offer("telecentre", Telecentre.objects.all())

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for the checker
        field.queryset = rows
        field.widget.attrs["dir"] = "auto"  # titles and names have a direction of their own


@dataclass(frozen=True)
class ReportQuery:
    form: ReportForm
    course: Course | None
    learners: QuerySet[Learner]  # those the reader may see, of the group chosen
    is_summary: bool  # one line a learner, instead of a column a lesson
    choice: dict[str, str]  # as it stands in the address

    def course_or_404(self) -> Course:
        if self.course is None or not self.form.is_valid():
            raise Http404
        return self.course

    def followers(self) -> QuerySet[Learner]:
        """The learners shown, in the order shown, their telecentres joined."""
        chosen = followers(self.course_or_404(), self.learners)
        return chosen.select_related("telecentre").order_by("name", "pk")

    def address(self) -> str:
        """The choice, for links: ``course=maintenance&cohort=...``."""
        return urlencode({name: value for name, value in self.choice.items() if value})

    def narrowed(self) -> list[tuple[str, str]]:
        """For paper, where the form is not: of which telecentre and group; label and choice."""
        return [
            (str(field.label), str(self.form.cleaned_data.get(name) or field.empty_label))
            for name, field in self.form.fields.items()
            if name != "course" and isinstance(field, forms.ModelChoiceField)
        ]

    def file_name(self) -> str:
        cohort = self.form.cleaned_data.get("cohort")
        words = [self.course_or_404().slug, slugify(cohort.name) if cohort else ""]
        return "-".join(["yelen", *filter(None, words)]) + ".csv"


def read_query(request: HttpRequest) -> ReportQuery:
    """Parse the address; without a course, the first one is taken."""
    data = request.GET.dict()
    if "course" not in data:
        data["course"] = Course.objects.current().values_list("slug", flat=True).first() or ""
    form = ReportForm(data, user=request.user)
    chosen = form.cleaned_data if form.is_valid() else {}
    learners = visible_learners(request.user) if chosen else Learner.objects.none()
    if cohort := chosen.get("cohort"):
        learners = learners.in_group(cohort.pk)
    if telecentre := chosen.get("telecentre"):
        learners = learners.persons_at(telecentre.pk)
    return ReportQuery(
        form=form,
        course=chosen.get("course"),
        learners=learners,
        is_summary=data.get("table") == "completions",
        choice={name: data.get(name, "") for name in form.fields},
    )


def report_context(query: ReportQuery, *, page: str | None) -> dict[str, Any]:
    """What the template of the table needs; without a valid choice only the form."""
    context: dict[str, Any] = {"form": query.form, "course": query.course}
    if query.course is None:
        return context
    shown = query.followers()
    listed: Page[Learner] = Paginator(shown, ROWS_A_PAGE).get_page(page)
    return context | {
        "table": lessons_table(query.course, listed.object_list),
        "page": listed,
        "telecentres": telecentres_of(shown),
        "with_telecentre": "telecentre" in query.form.fields,
        "query": query.address(),
        "narrowed": query.narrowed(),
    }
