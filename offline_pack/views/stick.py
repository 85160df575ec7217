"""At the centre: copy packs onto the stick in this computer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from offline_pack.centre_packs import packs_to_carry
from offline_pack.job_words import words_for
from offline_pack.jobs import start_job
from offline_pack.media_words import choice_in_words
from offline_pack.models import Job
from offline_pack.permissions import maker_required
from offline_pack.stick import STICK, free_on_stick, has_stick
from offline_pack.views.centre import page_context
from offline_pack.views.telecentres import may_see


@maker_required
@require_http_methods(["GET", "POST"])
def stick(request: HttpRequest) -> HttpResponse:
    """With GET, the packs to choose from and how the last copy went; with POST, a copy."""
    if not has_stick():
        return TemplateResponse(
            request, "yelen_offline_pack/admin/no_stick.html", page_context(_("Copy to a stick"))
        )
    packs = packs_to_carry()
    if request.method == "POST":
        ticked = set(request.POST.getlist("pack"))
        return _start(request, [pack.pk for pack in packs if str(pack.pk) in ticked])
    job = Job.objects.filter(kind=STICK).order_by("-created_at", "-id").first()
    context = page_context(_("Copy to a stick")) | {
        "packs": [(pack, choice_in_words(pack.choice)) for pack in packs],
        "total": sum(pack.size for pack in packs),
        "free": free_on_stick(),
        "job": job,
        "may_receive": may_see(request),
        "words": words_for(job) if job else None,
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/stick.html", context)


def _start(request: HttpRequest, packs: list[int]) -> HttpResponse:
    if not packs:
        messages.error(request, _("Choose at least one pack."))
    elif not Job.objects.unfinished().filter(kind=STICK).exists():
        start_job(STICK, {"packs": packs}, user=request.user)
    return redirect("yelen_stick")
