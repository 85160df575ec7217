"""The telecentre's page "Packs": what is on the stick, what is installed, one button each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.models import Course
from courses.pages import Page
from lms.permissions import can_manage_learners, manager_required
from lms.tiles import Tile, register_tile
from offline_pack.conf import is_centre
from offline_pack.installing.importer import rollback_pack
from offline_pack.job_words import words_for
from offline_pack.models import AvailablePack
from offline_pack.shelf.coming import give_up, packs_coming
from offline_pack.shelf.novelties import novelties_of
from offline_pack.shelf.packs import packs_within_reach
from offline_pack.shelf.places import chosen_pack
from offline_pack.shelf.receiving import forget_pack, receive_pack
from offline_pack.store_health import store_health
from offline_pack.sync.applying import download_url
from offline_pack.telecentre_packs import (
    by_course,
    coming_alone,
    courses_in_use,
    offers,
    under_way,
)
from offline_pack.trust.hearing import last_heard
from offline_pack.trust.keys import trusted_keys
from offline_pack.views.centre import making_tile
from offline_pack.views.jobs import imports, started
from offline_pack.words.explain import EXPECTED, Way, explain_error


@method_decorator((manager_required, never_cache), name="dispatch")
class PacksView(Page):
    template_name = "yelen_offline_pack/packs/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trusted = trusted_keys()
        running = list(imports().unfinished())
        found = under_way(packs_within_reach(trusted=trusted), running)
        in_use, coming = courses_in_use(), packs_coming()
        offered = offers(in_use, coming)
        return super().get_context_data(
            found=by_course(found, novelties_of(found, trusted=trusted)),
            offered=offered,
            coming=coming_alone(coming, offered),
            installed=in_use,
            running=[(job, words_for(job)) for job in running],
            health=store_health(),
            heard=last_heard(),
            **kwargs,
        )


@require_POST
@manager_required
def install(request: HttpRequest) -> HttpResponse:
    """Install a pack that the page lists."""
    place, name = request.POST.get("place", ""), request.POST.get("name", "")
    try:
        path = chosen_pack(place, name)
    except EXPECTED as error:
        return _refused(request, error, way=Way.UPLOAD if place == Way.UPLOAD else Way.STICK)
    return started(request, {"path": str(path), "name": name})


@require_POST
@manager_required
def fetch(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Download a pack that the centre offers, and install it."""
    offered = get_object_or_404(AvailablePack, pk=course_id)
    return started(request, {"address": download_url(offered), "name": offered.title})


@require_POST
@manager_required
def receive(request: HttpRequest) -> HttpResponse:
    """Take a pack from the browser; the list then says what it is."""
    _receive(request)
    if request.headers.get("Accept") == "application/json":
        # The script goes on to the page itself: a redirect would use up the messages.
        return JsonResponse({"next": reverse("yelen_offline_pack:packs")})
    return redirect("yelen_offline_pack:packs")


@require_POST
@manager_required
def forget(request: HttpRequest) -> HttpResponse:
    try:
        forget_pack(request.POST.get("name", ""))
    except EXPECTED as error:
        return _refused(request, error, way=Way.UPLOAD)
    messages.success(request, _("The pack was deleted. The installed course stays."))
    return redirect("yelen_offline_pack:packs")


@require_POST
@manager_required
def abandon(request: HttpRequest, manifest_sha256: str) -> HttpResponse:
    """Give up a pack of which some came."""
    try:
        give_up(manifest_sha256)
    except EXPECTED as error:
        return _refused(request, error)
    messages.success(request, _("What had come was deleted. Installed courses stay."))
    return redirect("yelen_offline_pack:packs")


@require_POST
@manager_required
def go_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Return to the version before; learners keep their results."""
    try:
        course = rollback_pack(get_object_or_404(Course, slug=slug))
    except EXPECTED as error:
        return _refused(request, error)
    words = _("%(title)s is back at version %(version)s.")
    messages.success(request, words % {"title": course.title, "version": course.version})
    return redirect("yelen_offline_pack:packs")


def packs_tile(request: HttpRequest) -> Tile | None:
    """At the centre, packs are made; at a telecentre, whoever runs it installs them."""
    if is_centre():
        return making_tile(request)
    if not can_manage_learners(request.user):
        return None
    hint = _("Install courses from a stick, or go back")
    if imports().unfinished().exists():
        hint = _("Installation under way")
    return Tile(_("Packs"), hint, reverse("yelen_offline_pack:packs"), "package")


def _receive(request: HttpRequest) -> None:
    """Keep the upload, and leave a message that says how it went."""
    upload = request.FILES.get("pack")
    if upload is None:
        messages.error(request, _("Choose a file first."))
        return
    try:
        receive_pack(upload, trusted=trusted_keys())
    except EXPECTED as error:
        messages.error(request, str(explain_error(error, way=Way.UPLOAD)))
    else:
        messages.success(request, _("The pack is here. You can install it now."))


def _refused(request: HttpRequest, error: Exception, *, way: Way = Way.STICK) -> HttpResponse:
    messages.error(request, str(explain_error(error, way=way)))
    return redirect("yelen_offline_pack:packs")


register_tile("packs", packs_tile)
