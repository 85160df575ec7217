"""The centre's page "Pairing requests": whose words were compared, and for which telecentre."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.models import Telecentre
from offline_pack.conf import usb_folder
from offline_pack.errors import StickMissingError
from offline_pack.fingerprints import words_of
from offline_pack.models import AskedBy, PairingRequest
from offline_pack.pairing.admitting import (
    approve,
    approved_by_stick,
    refuse,
    take_asks,
    waiting_requests,
    write_offers,
)
from offline_pack.stick import has_stick
from offline_pack.sync.errors import RefusalError
from offline_pack.trust.issuing import own_trust
from offline_pack.views.telecentres import allowed, sync_frame
from offline_pack.words.box import refusal_in_words
from offline_pack.words.explain import EXPECTED, explain_error

PAGE = "yelen_requests"


@allowed
@require_GET
@never_cache
def requests(request: HttpRequest) -> HttpResponse:
    context = sync_frame(_("Pairing requests")) | {
        "waiting": waiting_requests(),
        "to_carry": approved_by_stick(),
        "telecentres": Telecentre.objects.order_by("name"),
        "has_stick": has_stick(),
        "words": words_of(own_trust().trust.root.digest),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/requests.html", context)


@allowed
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Take what devices ask from the stick; each file is told of by itself."""
    try:
        taken = take_asks(_stick())
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
        return redirect(PAGE)
    for _name, trouble in taken.troubles:
        messages.error(request, str(trouble))
    for name, code in taken.refusals:
        messages.error(request, f"{name}: {refusal_in_words(code)}")
    if count := len(taken.requests):
        said = ngettext("%(number)d request was read.", "%(number)d requests were read.", count)
        messages.success(request, said % {"number": count})
    return redirect(PAGE)


@allowed
@require_POST
def decide(request: HttpRequest, key_id: str) -> HttpResponse:
    asked = get_object_or_404(PairingRequest, pk=key_id, digest=request.POST.get("digest", ""))
    if "refuse" in request.POST:
        refuse(asked, user=request.user)
        messages.success(request, _("%(device)s is refused.") % {"device": asked})
        return redirect(PAGE)
    telecentre = Telecentre.objects.filter(slug=request.POST.get("telecentre", "")).first()
    if telecentre is None or request.POST.get("same") != "yes":
        said = _("Nothing was done: choose the telecentre, and compare the words.")
        messages.error(request, said)
        return redirect(PAGE)
    try:
        approve(asked, telecentre=telecentre, user=request.user)
    except RefusalError as refusal:
        messages.error(request, refusal_in_words(refusal.code))
        return redirect(PAGE)
    said = _("%(device)s is approved for %(telecentre)s.")
    messages.success(request, said % {"device": asked, "telecentre": telecentre})
    if asked.way == AskedBy.STICK:
        _carry(request)
    return redirect(PAGE)


@allowed
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """The answers once more, for a stick that was lost or not plugged in."""
    _carry(request)
    return redirect(PAGE)


def _carry(request: HttpRequest) -> None:
    try:
        count = len(write_offers(_stick(), approved_by_stick()))
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
        return
    said = ngettext(
        "%(number)d answer is on the stick, checked.",
        "%(number)d answers are on the stick, checked.",
        count,
    ) % {"number": count}
    messages.success(request, f"{said} {_('You may pull out the stick.')}")


def _stick() -> Any:
    if not has_stick():
        raise StickMissingError(str(usb_folder()))
    return usb_folder()
