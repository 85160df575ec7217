"""What this app adds to Wagtail's screens: the report, and the network with its people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.models import ModelLogEntry
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.models import Course
from lms.admin_frame import admin_frame
from lms.models import (
    Cohort,
    CohortCourse,
    Erasure,
    Learner,
    Notice,
    Organisation,
    Role,
    StaffProfile,
    Telecentre,
)
from lms.notice_form import NoticeWords, languages
from lms.permissions import (
    can_edit_network,
    can_manage_users,
    can_merge_people,
    can_see_reports,
)
from lms.report_pages import read_query, report_context
from lms.signals import people_erased
from lms.views import people
from lms.views.reports import csv_response


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("reports/yelen/", lessons_report, name="yelen_report"),
        path("reports/yelen/csv/", lessons_report_csv, name="yelen_report_csv"),
    ]


@hooks.register("register_admin_urls")
def people_urls() -> list[URLPattern]:
    views, one = people, "reports/people/<uuid:learner_id>/"
    return [
        path("reports/people/", views.people, name="yelen_people"),
        path("reports/people/decide/", views.decide_view, name="yelen_people_decide"),
        path("reports/people/undo/<uuid:alias_id>/", views.undo_view, name="yelen_people_undo"),
        path(one, views.person, name="yelen_person"),
        path(f"{one}all.json", views.person_json, name="yelen_person_json"),
        path(f"{one}facts.csv", views.person_csv, name="yelen_person_csv"),
        path(f"{one}erase/", views.erase_view, name="yelen_person_erase"),
    ]


@receiver(people_erased, dispatch_uid="lms.wagtail_hooks.erase_from_history")
def erase_from_history(
    *, learner_ids: frozenset[UUID], accounts: Mapping[Any, str], **_others: Any
) -> None:
    """Wagtail writes down who edited whom, by name."""
    told_of = Q(object_id__in=[str(learner_id) for learner_id in learner_ids])
    users = ContentType.objects.get_for_model(get_user_model())
    told_of |= Q(content_type=users, object_id__in=[str(key) for key in accounts])
    ModelLogEntry.objects.filter(told_of).update(label="", data={})


class PeopleMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_merge_people(request.user)


@hooks.register("register_reports_menu_item")
def people_menu_item() -> MenuItem:
    return PeopleMenuItem(
        gettext_lazy("People"),
        reverse("yelen_people"),
        name="yelen-people",
        icon_name="user",
        order=110,
    )


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_see_reports(request.user)


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return ReportMenuItem(
        gettext_lazy("Learners' progress"),
        reverse("yelen_report"),
        name="yelen-report",
        icon_name="group",
        order=100,
    )


def lessons_report(request: HttpRequest) -> HttpResponse:
    if not can_see_reports(request.user):
        raise PermissionDenied
    above = ((reverse("wagtailadmin_home"), _("Home")),)
    context = report_context(read_query(request), page=request.GET.get("page"))
    context |= admin_frame(_("Learners' progress"), icon="group", above=above)
    return TemplateResponse(request, "yelen_lms/reports/admin.html", context)


def lessons_report_csv(request: HttpRequest) -> HttpResponseBase:
    if not can_see_reports(request.user):
        raise PermissionDenied
    return csv_response(read_query(request))


class RolePolicy(BasePermissionPolicy):
    """Asks ``lms.permissions``: roles decide, not Django's table of permissions."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return can_edit_network(user, self.model, action)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Collection[str]
    ) -> QuerySet[Model]:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.model._default_manager.all()

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Model]:
        roles = [Role.COORDINATOR, Role.TRAINER]
        allowed = Q(is_superuser=True) | Q(staff_profile__role__in=roles)
        return get_user_model()._default_manager.filter(allowed, is_active=True)


for _model in (Telecentre, Organisation, Learner, Cohort, Notice, StaffProfile):
    register_permission_policy(_model, RolePolicy(_model))


class CohortForm(WagtailAdminModelForm):
    """Learners are chosen among those of the group's telecentre, once it is known."""

    followed = forms.ModelMultipleChoiceField(
        Course.objects.none(),
        label=gettext_lazy("Courses followed"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["followed"].queryset = Course.objects.current()
        if self.instance._state.adding:
            self.fields["learners"].queryset = Learner.objects.none()
            self.fields["learners"].help_text = _("Save first, then choose the learners.")
            return
        here = Learner.objects.filter(retired_at=None, telecentre=self.instance.telecentre_id)
        self.fields["learners"].queryset = here
        self.initial["followed"] = self.instance.courses.values_list("course_id", flat=True)

    def _save_m2m(self) -> None:
        super()._save_m2m()
        chosen = {course.pk for course in self.cleaned_data["followed"]}
        self.instance.courses.exclude(course_id__in=chosen).delete()
        CohortCourse.objects.bulk_create(
            [CohortCourse(cohort=self.instance, course_id=pk) for pk in sorted(chosen)],
            ignore_conflicts=True,
        )


class LearnerForm(WagtailAdminModelForm):
    """An account is chosen by who manages users, among those that are nobody's yet.

    An account of staff is not offered: nobody observes their own practice.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" not in self.fields:
            return
        if not can_manage_users(self.for_user):
            del self.fields["user"]
            return
        accounts = get_user_model()._default_manager
        free = Q(is_staff=False, is_superuser=False, staff_profile=None, learner=None)
        self.fields["user"].queryset = accounts.filter(
            free & Q(is_active=True) | Q(pk=self.instance.user_id)
        )

    def clean(self) -> dict[str, Any]:
        """Who was erased is not given a name again."""
        if Erasure.objects.filter(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This person was erased. Nothing can be changed."))
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class UserPanel(FieldPanel):
    """Absent for who may not say which account is whose."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return can_manage_users(self.request.user) and super().is_shown()


class TelecentreViewSet(SnippetViewSet):
    model = Telecentre
    icon = "home"
    list_display = ("name", "place", "region", "last_synced_at")
    search_fields = ("name", "place")
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("place"), FieldPanel("region")]),
    ]


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "globe"
    list_display = ("name", "region")
    search_fields = ("name",)
    panels = [FieldPanel("name"), FieldPanel("region")]


class LearnerViewSet(SnippetViewSet):
    model = Learner
    icon = "user"
    list_display = ("name", "telecentre", "organisation", "same_as", "retired_at")
    list_filter = ("telecentre", "sex")
    search_fields = ("name",)
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("telecentre"), FieldPanel("organisation")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("sex"), FieldPanel("birth_year")]),
                    FieldRowPanel([FieldPanel("region"), FieldPanel("language")]),
                ],
                heading=gettext_lazy("For the figures"),
            ),
            UserPanel("user"),
            FieldPanel("retired_at"),
        ],
        base_form_class=LearnerForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Learner]:
        return Learner.objects.select_related("telecentre", "organisation", "same_as")


class CohortViewSet(SnippetViewSet):
    model = Cohort
    icon = "group"
    list_display = ("name", "telecentre", "starts_on", "closed_at")
    list_filter = ("telecentre",)
    search_fields = ("name",)
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("telecentre"),
            FieldPanel("followed"),
            FieldPanel("learners", widget=forms.CheckboxSelectMultiple),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("closed_at")]),
        ],
        base_form_class=CohortForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return Cohort.objects.select_related("telecentre")


class NoticeForm(NoticeWords, WagtailAdminModelForm):
    """A title and a text in each language."""


class NoticeViewSet(SnippetViewSet):
    model = Notice
    icon = "mail"
    list_display = ("title", "starts_on", "ends_on", "event_on")
    edit_handler = ObjectList(
        [
            *(
                MultiFieldPanel(
                    [FieldPanel(f"title_{code}"), FieldPanel(f"text_{code}")], heading=name
                )
                for code, name in languages()
            ),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            FieldRowPanel([FieldPanel("event_on"), FieldPanel("place")]),
            FieldPanel("telecentres", widget=forms.CheckboxSelectMultiple),
        ],
        base_form_class=NoticeForm,
    )


class StaffProfileViewSet(SnippetViewSet):
    model = StaffProfile
    icon = "key"
    list_display = ("user", "role", "telecentre")
    list_filter = ("role",)
    panels = [FieldPanel("user"), FieldPanel("role"), FieldPanel("telecentre")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffProfile]:
        return StaffProfile.objects.select_related("user", "telecentre")


class NetworkGroup(SnippetViewSetGroup):
    menu_label = gettext_lazy("Network")
    menu_icon = "globe"
    menu_order = 250
    items = (
        TelecentreViewSet,
        CohortViewSet,
        LearnerViewSet,
        OrganisationViewSet,
        NoticeViewSet,
        StaffProfileViewSet,
    )


register_snippet(NetworkGroup)
