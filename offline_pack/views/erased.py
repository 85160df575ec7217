"""The centre's page "Erased people", inside Wagtail's admin: where it is done, where not yet."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.models import Learner
from lms.people.erasing import erase_person
from offline_pack.forgetting import forgotten_people, lost_erasures
from offline_pack.views.telecentres import allowed, sync_frame

ON_A_PAGE = 50


@allowed
@require_GET
@never_cache
def erased(request: HttpRequest) -> HttpResponse:
    context = sync_frame(_("Erased people"), icon="user") | {
        "page": Paginator(forgotten_people(), ON_A_PAGE).get_page(request.GET.get("page")),
        "lost": lost_erasures(),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/erased.html", context)


@allowed
@require_POST
def erase_again(request: HttpRequest, learner_id: UUID) -> HttpResponse:
    """Only who a telecentre says was erased before."""
    lost = [item.learner.pk for item in lost_erasures()]
    found = get_object_or_404(Learner.objects.filter(pk__in=lost), pk=learner_id)
    erase_person(found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Erased here. Telecentres forget them at their next sync."))
    return redirect("yelen_erased")
