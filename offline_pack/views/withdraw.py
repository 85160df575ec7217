"""At the centre: take a version back, after a page that says what telecentres will see."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.models import Course
from offline_pack.centre_packs import version_row
from offline_pack.errors import NoSuchPackError
from offline_pack.installing.withdrawing import withdraw_pack
from offline_pack.models import Pack
from offline_pack.permissions import withdrawer_required
from offline_pack.views.centre import page_context


@withdrawer_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, course_id: UUID, version: int) -> HttpResponse:
    """With GET, what it will do; with POST, it is done, for good."""
    course = get_object_or_404(Course, pk=course_id)
    row = version_row(course, version)
    if not row.packs:
        raise Http404
    if request.method == "POST":
        return _withdraw(request, course, version)
    packs = Pack.objects.on_offer().whole().filter(course=course)
    others = packs.exclude(version=version).order_by("-version")
    context = page_context(_("Withdraw version %(version)s") % {"version": version}) | {
        "course": course,
        "row": row,
        "next": others.values_list("version", flat=True).first(),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/withdraw.html", context)


def _withdraw(request: HttpRequest, course: Course, version: int) -> HttpResponse:
    try:
        withdraw_pack(course, version=version)
    except NoSuchPackError as error:
        raise Http404 from error
    words = _(
        "Version %(version)s of %(title)s is withdrawn. Telecentres learn it at their next sync."
    )
    told = words % {"version": version, "title": course.title}
    if course.version == version:
        remedy = _("Correct the course and publish it again: that makes the next version.")
        told = f"{told} {remedy}"
    messages.success(request, told)
    return redirect("yelen_packs")
