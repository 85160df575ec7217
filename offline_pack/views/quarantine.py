"""The centre's pages "Set aside", inside Wagtail's admin: look, try again, keep with a note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.models import Telecentre
from offline_pack.models import Job, QuarantinedFact
from offline_pack.telecentres.aside import SHOWN, aside_facts, aside_groups, shown_bytes
from offline_pack.telecentres.releasing import (
    AT_ONCE,
    RELEASE_JOB,
    Released,
    keep_aside,
    release_facts,
    release_reason,
    start_release,
)
from offline_pack.views.telecentres import allowed, sync_frame
from offline_pack.words.aside import explain_code

ON_A_PAGE = 50
LONGEST_NOTE = 2000  # characters


@allowed
@require_GET
@never_cache
def quarantine(request: HttpRequest) -> HttpResponse:
    context = sync_frame(_("Set aside")) | {
        "groups": aside_groups(),
        "is_releasing": Job.objects.unfinished().filter(kind=RELEASE_JOB).exists(),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/quarantine.html", context)


@allowed
@require_GET
@never_cache
def reason(request: HttpRequest, telecentre_id: UUID, code: str) -> HttpResponse:
    place = get_object_or_404(Telecentre, pk=telecentre_id)
    facts = aside_facts(code, telecentre_id=place.pk)
    page = Paginator(facts, ON_A_PAGE).get_page(request.GET.get("page"))
    context = _frame(place.name) | {
        "telecentre": place,
        "code": code,
        "words": explain_code(code),
        "page": page,
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/quarantine_reason.html", context)


@allowed
@require_GET
@never_cache
def fact(request: HttpRequest, fact_id: int) -> HttpResponse:
    found = _fact(fact_id)
    line = bytes(found.line)
    context = _frame(_("Result %(number)s") % {"number": found.sequence}) | {
        "fact": found,
        "device": found.epoch.device,
        "words": explain_code(found.code),
        "shown": shown_bytes(line),
        "size": len(line),
        "is_cut": len(line) > SHOWN,
        "longest_note": LONGEST_NOTE,
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/quarantine_fact.html", context)


@allowed
@require_GET
@never_cache
def fact_bytes(request: HttpRequest, fact_id: int) -> HttpResponse:
    """As they came; nothing that a browser would open."""
    found = _fact(fact_id)
    name = f"{found.epoch_id.hex[:8]}-{found.sequence}.bin"
    return HttpResponse(
        bytes(found.line),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@allowed
@require_POST
def release(request: HttpRequest, fact_id: int) -> HttpResponse:
    found = _fact(fact_id)
    _tell(request, release_facts([found.pk], user=_user(request)))
    return redirect("yelen_quarantine_fact", fact_id=found.pk)


@allowed
@require_POST
def keep(request: HttpRequest, fact_id: int) -> HttpResponse:
    found = _fact(fact_id)
    note = request.POST.get("note", "").replace("\0", "").strip()[:LONGEST_NOTE]
    keep_aside(found, note=note, user=_user(request))
    messages.success(request, _("It stays aside, with your note."))
    return redirect("yelen_quarantine_fact", fact_id=found.pk)


@allowed
@require_POST
def release_all(request: HttpRequest, telecentre_id: UUID, code: str) -> HttpResponse:
    place = get_object_or_404(Telecentre, pk=telecentre_id)
    waiting = aside_facts(code, telecentre_id=place.pk).waiting()
    if waiting.count() > AT_ONCE:
        start_release(code, telecentre_id=place.pk, user=request.user)
        messages.info(request, _("They are being tried again. This page shows what is left."))
    else:
        _tell(request, release_reason(code, telecentre_id=place.pk, user=_user(request)))
    return redirect("yelen_quarantine")


def _fact(fact_id: int) -> QuarantinedFact:
    facts = QuarantinedFact.objects.select_related("epoch__device__telecentre", "decided_by")
    return get_object_or_404(facts, pk=fact_id)


def _user(request: HttpRequest) -> Any:
    return request.user  # ``allowed`` lets nobody in who is not signed in


def _tell(request: HttpRequest, done: Released) -> None:
    if done.used:
        words = ngettext("%(n)s result is used now.", "%(n)s results are used now.", done.used)
        messages.success(request, words % {"n": done.used})
    if done.aside:
        words = ngettext(
            "%(n)s result still cannot be used.", "%(n)s results still cannot be used.", done.aside
        )
        messages.warning(request, words % {"n": done.aside})


def _frame(title: str) -> dict[str, Any]:
    """For a page below "Set aside"."""
    return sync_frame(title, above=((reverse("yelen_quarantine"), _("Set aside")),))
