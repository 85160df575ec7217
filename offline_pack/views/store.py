"""Buttons that make room on a telecentre's disk, and the tile that says it is needed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.models import Course
from courses.pages import Page
from courses.templatetags.yelen import size
from lms.permissions import can_manage_packs, manager_required
from lms.tiles import Tile, register_tile
from offline_pack.removing import remove_course
from offline_pack.reserve import is_disk_full, keep_ballast
from offline_pack.store.collecting import Collected, collect_garbage
from offline_pack.words.explain import EXPECTED, explain_error


@require_POST
@manager_required
def make_room(request: HttpRequest) -> HttpResponse:
    """Delete the versions of courses that learners do not see."""
    try:
        collected = collect_garbage(short_of_space=True)
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
    else:
        messages.success(request, _freed(collected))
    return redirect("yelen_offline_pack:packs")


@method_decorator((manager_required, never_cache), name="dispatch")
class RemoveView(Page):
    """Before a course is removed: what that does."""

    template_name = "yelen_offline_pack/packs/remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = get_object_or_404(Course.objects.current(), slug=self.kwargs["slug"])
        return super().get_context_data(course=course, **kwargs)


@require_POST
@manager_required
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a course off this server; results stay."""
    course = get_object_or_404(Course.objects.current(), slug=slug)
    try:
        collected = remove_course(course)
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
    else:
        words = _("%(title)s was removed. Results stay.") % {"title": course.title}
        messages.success(request, f"{words} {_freed(collected)}")
    return redirect("yelen_offline_pack:packs")


def disk_tile(request: HttpRequest) -> Tile | None:
    """Only while the disk is full."""
    if not can_manage_packs(request.user) or not is_disk_full():
        return None
    hint = _("Make room now: results may be lost")
    address = reverse("yelen_offline_pack:packs")
    return Tile(_("The disk is full"), hint, address, "hard-drive", is_urgent=True)


def _freed(collected: Collected) -> str:
    keep_ballast()
    return _("%(size)s are free again.") % {"size": size(collected.bytes)}


register_tile("disk", disk_tile)
