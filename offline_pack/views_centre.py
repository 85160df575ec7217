"""The centre's page "Packs", shown inside Wagtail's admin: plain Django, Wagtail's templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.models import Course
from lms.permissions import can_manage_packs
from lms.tiles import Tile
from offline_pack.issuing import own_trust
from offline_pack.job_words import JobWords, words_for
from offline_pack.jobs import EXPORT, start_job
from offline_pack.models import Job, JobState, Pack
from offline_pack.trust import encode_chain, held_chain

PERMISSION = "yelen_offline_pack.add_pack"
RECENT_JOBS = 200
PACKS_SHOWN = 3  # newest of each course

allowed = permission_required(PERMISSION, raise_exception=True)


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course, its newest packs, and the job about it that still matters."""

    course: Course
    packs: list[Pack]
    job: Job | None
    words: JobWords | None

    @property
    def is_packed(self) -> bool:
        """Is there a pack of the version learners see now?"""
        return any(pack.version == self.course.version for pack in self.packs)


@allowed
@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    context = {
        "header_title": _("Packs"),
        "header_icon": "download",
        "breadcrumbs_items": [{"url": "", "label": _("Packs")}],
        "rows": course_rows(),
        "fingerprint": own_trust().trust.root.fingerprint,
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/packs.html", context)


@allowed
@require_POST
def generate(request: HttpRequest, course_id: UUID) -> HttpResponse:
    course = get_object_or_404(Course, pk=course_id)
    params = {"course": str(course.pk)}
    words = _("The pack of %(title)s is being made already.")
    if not Job.objects.unfinished().filter(kind=EXPORT, params=params).exists():
        start_job(EXPORT, params, user=request.user)
        words = _("The pack of %(title)s is being made.")
    messages.success(request, words % {"title": course.title})
    return redirect("yelen_packs")


@allowed
@require_GET
def job_state(_request: HttpRequest, job_id: UUID) -> JsonResponse:
    job = get_object_or_404(Job, pk=job_id, kind=EXPORT)
    return JsonResponse(words_for(job).as_json())


@allowed
@require_GET
def trust_file(_request: HttpRequest) -> HttpResponse:
    """This centre's public keys, for a telecentre without a network."""
    own_trust()
    response = HttpResponse(encode_chain(held_chain()), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="yelen-trust.json"'
    return response


def making_tile(request: HttpRequest) -> Tile | None:
    """The way to this page from the site; none where Wagtail's screens are not."""
    if not (can_manage_packs(request.user) and request.user.has_perm(PERMISSION)):
        return None
    try:
        url = reverse("yelen_packs")
    except NoReverseMatch:
        return None
    return Tile(_("Packs"), _("Make packs for the telecentres"), url, "package")


def course_rows() -> list[CourseRow]:
    """Every course on offer, in three queries however many there are."""
    latest = _latest_jobs()
    return [
        _row(course, latest.get(str(course.pk)))
        for course in Course.objects.current().prefetch_related("packs")
    ]


def _row(course: Course, job: Job | None) -> CourseRow:
    whole = [pack for pack in course.packs.all() if pack.base_version is None]
    packs = [_of(course, pack) for pack in whole[:PACKS_SHOWN]]
    matters = job is not None and job.state != JobState.DONE
    words = words_for(job) if job is not None and matters else None
    return CourseRow(course, packs, job if matters else None, words)


def _of(course: Course, pack: Pack) -> Pack:
    pack.course = course  # so that its address costs no query
    return pack


def _latest_jobs() -> dict[str, Job]:
    """The newest export of each course, by course id."""
    latest: dict[str, Any] = {}
    for job in Job.objects.filter(kind=EXPORT).order_by("-created_at", "-id")[:RECENT_JOBS]:
        latest.setdefault(job.params.get("course", ""), job)
    return latest
