"""The telecentre's page "Packs": what is on the stick, what is installed, one button each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
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
from offline_pack.explain import EXPECTED, Way, explain_error
from offline_pack.importer import rollback_pack
from offline_pack.job_words import words_for
from offline_pack.jobs import IMPORT, resume_job, start_job, stop_job
from offline_pack.keys import trusted_keys
from offline_pack.models import AvailablePack, Job, Release
from offline_pack.receiving import forget_pack, receive_pack
from offline_pack.shelf import chosen_pack, packs_within_reach
from offline_pack.store_health import store_health
from offline_pack.sync.applying import download_url
from offline_pack.views_centre import making_tile


@method_decorator((manager_required, never_cache), name="dispatch")
class PacksView(Page):
    template_name = "yelen_offline_pack/packs/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        installed = list(installed_courses())
        return super().get_context_data(
            found=packs_within_reach(trusted=trusted_keys()),
            offered=_offered(installed),
            installed=installed,
            running=[(job, words_for(job)) for job in _imports().unfinished()],
            health=store_health(),
            **kwargs,
        )


@method_decorator((manager_required, never_cache), name="dispatch")
class JobView(Page):
    """How an installation goes; it renews itself, with or without JavaScript."""

    template_name = "yelen_offline_pack/packs/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = get_object_or_404(_imports(), pk=self.kwargs["job_id"])
        course = Course.objects.filter(pk=job.result.get("course")).first()
        return super().get_context_data(job=job, words=words_for(job), course=course, **kwargs)


@manager_required
@never_cache
def job_state(_request: HttpRequest, job_id: UUID) -> JsonResponse:
    return JsonResponse(words_for(get_object_or_404(_imports(), pk=job_id)).as_json())


@require_POST
@manager_required
def stop(_request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Interrupt an installation; what came is kept."""
    stop_job(get_object_or_404(_imports(), pk=job_id))
    return redirect("yelen_offline_pack:job", job_id=job_id)


@require_POST
@manager_required
def resume(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take up an installation that was stopped or failed, unless that is being done."""
    job = get_object_or_404(_imports(), pk=job_id)
    again = _imports().unfinished().filter(params=job.params).first()
    again = again or resume_job(job, user=request.user)
    return redirect("yelen_offline_pack:job", job_id=again.pk)


@require_POST
@manager_required
def install(request: HttpRequest) -> HttpResponse:
    """Install a pack that the page lists."""
    place, name = request.POST.get("place", ""), request.POST.get("name", "")
    try:
        path = chosen_pack(place, name)
    except EXPECTED as error:
        return _refused(request, error, way=Way.UPLOAD if place == Way.UPLOAD else Way.STICK)
    return _started(request, {"path": str(path), "name": name})


@require_POST
@manager_required
def fetch(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Download a pack that the centre offers, and install it."""
    offered = get_object_or_404(AvailablePack, pk=course_id)
    return _started(request, {"address": download_url(offered), "name": offered.title})


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
def go_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Return to the version before; learners keep their results."""
    try:
        course = rollback_pack(get_object_or_404(Course, slug=slug))
    except EXPECTED as error:
        return _refused(request, error)
    words = _("%(title)s is back at version %(version)s.")
    messages.success(request, words % {"title": course.title, "version": course.version})
    return redirect("yelen_offline_pack:packs")


def installed_courses() -> QuerySet[Course]:
    """Courses on offer, with ``installed_at`` and ``earlier`` (the version one may go back to)."""
    releases = Release.objects.filter(pack=OuterRef("pk"), rev=OuterRef("version"))
    earlier = Release.objects.kept().filter(pack=OuterRef("pk"), rev__lt=OuterRef("version"))
    return (
        Course.objects.current()
        .annotate(
            installed_at=Subquery(releases.values("installed_at")[:1]),
            earlier=Subquery(earlier.order_by("-rev").values("rev")[:1]),
        )
        .order_by("title")
    )


def packs_tile(request: HttpRequest) -> Tile | None:
    """At the centre, packs are made; at a telecentre, whoever runs it installs them."""
    if is_centre():
        return making_tile(request)
    if not can_manage_learners(request.user):
        return None
    hint = _("Install courses from a stick, or go back")
    return Tile(_("Packs"), hint, reverse("yelen_offline_pack:packs"), "package")


def _imports() -> Any:
    return Job.objects.filter(kind=IMPORT)


def _offered(installed: list[Course]) -> list[AvailablePack]:
    """What the centre has and this place has not."""
    versions = {course.pk: course.version for course in installed}
    return [
        pack
        for pack in AvailablePack.objects.all()
        if versions.get(pack.course_id, 0) < pack.version
    ]


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


def _started(request: HttpRequest, params: dict[str, Any]) -> HttpResponse:
    """To the job's page; a second press finds the job that the first one started."""
    job = _imports().unfinished().filter(params=params).first()
    if job is None:
        job = start_job(IMPORT, params, user=request.user)
    return redirect("yelen_offline_pack:job", job_id=job.pk)


def _refused(request: HttpRequest, error: Exception, *, way: Way = Way.STICK) -> HttpResponse:
    messages.error(request, str(explain_error(error, way=way)))
    return redirect("yelen_offline_pack:packs")


register_tile("packs", packs_tile)
