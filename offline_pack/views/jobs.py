"""Installations under way at a telecentre: how far they are, paused and taken up again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.models import Course
from courses.pages import Page
from lms.permissions import manager_required
from offline_pack.job_words import words_for
from offline_pack.jobs import IMPORT, resume_job, start_job, stop_job
from offline_pack.models import Job
from offline_pack.models.job import JobQuerySet


def imports() -> JobQuerySet:
    return Job.objects.filter(kind=IMPORT)


def started(request: HttpRequest, params: dict[str, Any]) -> HttpResponse:
    """To the job's page; a second press finds the job that the first one started."""
    job = imports().unfinished().filter(params=params).first()
    if job is None:
        job = start_job(IMPORT, params, user=request.user)
    return redirect("yelen_offline_pack:job", job_id=job.pk)


@method_decorator((manager_required, never_cache), name="dispatch")
class JobView(Page):
    """How an installation goes; it renews itself, with or without JavaScript."""

    template_name = "yelen_offline_pack/packs/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = get_object_or_404(imports(), pk=self.kwargs["job_id"])
        course = Course.objects.filter(pk=job.result.get("course")).first()
        return super().get_context_data(job=job, words=words_for(job), course=course, **kwargs)


@manager_required
@never_cache
def job_state(_request: HttpRequest, job_id: UUID) -> JsonResponse:
    return JsonResponse(words_for(get_object_or_404(imports(), pk=job_id)).as_json())


@require_POST
@manager_required
def stop(_request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Interrupt an installation; what came is kept."""
    stop_job(get_object_or_404(imports(), pk=job_id))
    return redirect("yelen_offline_pack:job", job_id=job_id)


@require_POST
@manager_required
def resume(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take up an installation that was stopped or failed, unless that is being done."""
    job = get_object_or_404(imports(), pk=job_id)
    again = imports().unfinished().filter(params=job.params).first()
    again = again or resume_job(job, user=request.user)
    return redirect("yelen_offline_pack:job", job_id=again.pk)
