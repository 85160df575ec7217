"""What Yelen adds to Wagtail's screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.models import Page

from cms import h5p_libraries
from cms.addresses import fault_of_address
from cms.authoring import create_usual_lessons
from cms.h5p_admin import h5p_package_viewset
from cms.h5p_chooser import h5p_chooser_viewset
from cms.home import panels_for
from cms.numbering import with_numbers
from cms.publication import courses_above, publish_course
from courses.errors import CoursesError, H5PLibraryMissingError, SlugTakenError


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("yelen_cms/admin.css"))


@hooks.register("register_icons")
def icons(known: list[str]) -> list[str]:
    return [*known, "yelen_cms/icons/yelen-h5p.svg"]


@hooks.register("construct_homepage_panels")
def ours_first(request: HttpRequest, panels: list[Any]) -> None:
    panels[:0] = panels_for(request)


@hooks.register("construct_explorer_page_queryset")
def numbered(parent_page: Any, pages: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    return with_numbers(pages, parent=parent_page)


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [h5p_package_viewset, h5p_chooser_viewset]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path(
            "yelen/modules/<int:page_id>/usual-lessons/",
            usual_lessons_view,
            name="yelen_usual_lessons",
        ),
        path("h5p/libraries/", h5p_libraries.libraries, name="yelen_h5p_libraries"),
        path(
            "h5p/libraries/<int:library_id>/back/<int:patch>/",
            h5p_libraries.go_back,
            name="yelen_h5p_library_back",
        ),
    ]


@hooks.register("register_page_header_buttons")
def module_header_button(
    page: Any, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    if _may_add_lessons(page, user):
        yield Button(
            _("Create the usual lessons"),
            reverse("yelen_usual_lessons", args=[page.pk]),
            icon_name="tasks",
            priority=16,
        )


def usual_lessons_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show what will be made; make it when the trainer agrees."""
    module_page = get_object_or_404(Page, pk=page_id).specific
    if not _may_add_lessons(module_page, request.user):
        raise PermissionDenied
    if request.method != "POST":
        context = {
            "module_page": module_page,
            "page_title": _("Create the usual lessons"),
            "page_subtitle": module_page.title,
            "header_icon": "tasks",
        }
        return TemplateResponse(request, "yelen_cms/modules/usual_lessons.html", context)
    made = create_usual_lessons(module_page, user=request.user)
    text = ngettext("%(count)s draft was added.", "%(count)s drafts were added.", len(made))
    messages.success(request, text % {"count": len(made)})
    return redirect("wagtailadmin_explore", module_page.pk)


def _may_add_lessons(page: Any, user: Any) -> bool:
    is_module = getattr(page, "learning_kind", "") == "module"
    return is_module and page.permissions_for_user(user).can_add_subpage()


@hooks.register("after_publish_page")
def tell_what_was_published(request: HttpRequest, page: Any) -> None:
    """Say which version learners now have, or why there is none.

    The signal has published the course by now; doing it again changes nothing, and gives the error
    in the trainer's hands instead of a log.
    """
    for course_page in courses_above(page):
        if not course_page.live:
            messages.warning(
                request, _("Learners will see this page once its course is published.")
            )
            continue
        try:
            course = publish_course(course_page.pk, course_id=course_page.learning_id)
        except CoursesError as error:
            messages.error(request, _words_for(error, course_page))
            continue
        if course is None:
            text = _("The course will be offered once one of its lessons is published.")
            messages.warning(request, text)
        else:
            text = _("Learners now have version %(version)s of “%(course)s”.")
            messages.success(request, text % {"version": course.version, "course": course.title})


def _words_for(error: CoursesError, course_page: Any) -> str:
    if isinstance(error, SlugTakenError):
        return fault_of_address(error.slug, course_id=course_page.learning_id)
    if isinstance(error, H5PLibraryMissingError):
        return _("An H5P exercise needs libraries that are not installed: %(names)s.") % {
            "names": ", ".join(error.libraries)
        }
    return _(
        "The catalogue could not be brought up to date. Tell the administrator: %(reason)s"
    ) % {"reason": error}
