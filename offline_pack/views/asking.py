"""The telecentre's page "Pair without a code": its words, a request, the centre's offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.pages import Page
from lms.permissions import manager_required
from offline_pack.box.errors import AskRefusedError
from offline_pack.conf import usb_folder
from offline_pack.errors import StickMissingError
from offline_pack.pairing.asking import (
    accept_offer,
    ask_centre,
    begin_anew,
    open_request,
    own_words,
    read_offer,
    waiting_offer,
    write_ask,
)
from offline_pack.pairing.awaiting import is_awaited
from offline_pack.pairing.qr_codes import qr_code
from offline_pack.stick import has_stick
from offline_pack.syncing import ask_for_sync
from offline_pack.views.sync import AddressForm, at_telecentre
from offline_pack.words.explain import EXPECTED, explain_error

PAGE = "yelen_offline_pack:sync_ask"


@method_decorator((at_telecentre, manager_required, never_cache), name="dispatch")
class AskView(Page):
    template_name = "yelen_offline_pack/sync/ask.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words, asked = own_words(), open_request()
        context = {
            "words": words,
            "qr_code": qr_code(words),
            "asked": asked,
            "is_awaited": is_awaited(asked),
            "offer": waiting_offer(),
            "has_stick": has_stick(),
            "form": AddressForm(initial={"centre": asked.address if asked else ""}),
        }
        return super().get_context_data(**context | kwargs)


@at_telecentre
@manager_required
@never_cache
def ask_state(_request: HttpRequest) -> JsonResponse:
    """For the page: whether there is still something to wait for."""
    return JsonResponse({"is_awaited": is_awaited(open_request())})


@require_POST
@at_telecentre
@manager_required
def ask_over_network(request: HttpRequest) -> HttpResponseBase:
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            offer = ask_centre(form.cleaned_data["centre"])
        except AskRefusedError:
            return redirect(PAGE)  # which says so
        except EXPECTED as error:
            form.add_error(None, str(explain_error(error)))
        else:
            if offer is not None:
                return redirect(f"{reverse(PAGE)}#offer")
            messages.success(request, _("The centre has the request. Call it now."))
            return redirect(PAGE)
    request.method = "GET"
    return AskView.as_view(extra_context={"form": form})(request)


@require_POST
@at_telecentre
@manager_required
def write(request: HttpRequest) -> HttpResponse:
    def work() -> None:
        write_ask(_stick())
        said = _("The request is on the stick, checked. You may pull out the stick.")
        messages.success(request, said)

    return _reporting(request, work)


@require_POST
@at_telecentre
@manager_required
def read(request: HttpRequest) -> HttpResponse:
    return _reporting(request, lambda: read_offer(_stick()))


@require_POST
@at_telecentre
@manager_required
def accept(request: HttpRequest) -> HttpResponse:
    """A person has compared the words; what is confirmed is what was on the page."""
    try:
        link = accept_offer(request.POST.get("digest", ""))
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
        return redirect(PAGE)
    words = _("%(telecentre)s is paired with %(centre)s.")
    messages.success(request, words % {"telecentre": link.telecentre, "centre": link})
    if link.address:
        ask_for_sync(user=request.user)
    return redirect("yelen_offline_pack:sync")


@require_POST
@at_telecentre
@manager_required
def refuse(request: HttpRequest) -> HttpResponse:
    begin_anew()
    messages.success(request, _("Nothing was changed. Call the centre before you ask again."))
    return redirect(PAGE)


def _reporting(request: HttpRequest, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
    return redirect(PAGE)


def _stick() -> Any:
    if not has_stick():
        raise StickMissingError(str(usb_folder()))
    return usb_folder()
