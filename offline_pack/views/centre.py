"""The centre's page "Packs", shown inside Wagtail's admin: plain Django, Wagtail's templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.admin_frame import Crumb, admin_frame
from lms.tiles import Tile
from offline_pack.centre_packs import course_rows
from offline_pack.job_words import words_for
from offline_pack.jobs import EXPORT
from offline_pack.models import Job
from offline_pack.permissions import maker_required, may_make_packs, may_withdraw_packs
from offline_pack.stick import STICK, has_stick
from offline_pack.trust.chain import encode_chain, held_chain
from offline_pack.trust.issuing import own_trust


@maker_required
@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    context = page_context(_("Packs"), parents=()) | {
        "rows": course_rows(),
        "may_withdraw": may_withdraw_packs(request.user),
        "has_stick": has_stick(),
        "fingerprint": own_trust().trust.root.fingerprint,
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/packs.html", context)


@maker_required
@require_GET
def job_state(_request: HttpRequest, job_id: UUID) -> JsonResponse:
    job = get_object_or_404(Job, pk=job_id, kind__in=(EXPORT, STICK))
    return JsonResponse(words_for(job).as_json())


@maker_required
@require_GET
def trust_file(_request: HttpRequest) -> HttpResponse:
    """This centre's public keys, for a telecentre without a network."""
    own_trust()
    response = HttpResponse(encode_chain(held_chain()), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="yelen-trust.json"'
    return response


def page_context(title: str, *, parents: tuple[Crumb, ...] | None = None) -> dict[str, Any]:
    """What Wagtail's frame asks for; without ``parents`` the page stands below "Packs"."""
    if parents is None:
        parents = ((reverse("yelen_packs"), _("Packs")),)
    return admin_frame(title, icon="download", above=parents)


def making_tile(request: HttpRequest) -> Tile | None:
    """The way to this page from the site; none where Wagtail's screens are not."""
    user = request.user
    if not (user.has_perm("wagtailadmin.access_admin") and may_make_packs(user)):
        return None
    try:
        url = reverse("yelen_packs")
    except NoReverseMatch:
        return None
    return Tile(_("Packs"), _("Make packs for the telecentres"), url, "package")
