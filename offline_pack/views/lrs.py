"""The centre's page "LRS", inside Wagtail's admin: how forwarding goes, and a button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from offline_pack.conf import lrs_with_names
from offline_pack.forwarding import HOPELESS, lrs_state, try_again
from offline_pack.lrs.access import is_forwarding_on
from offline_pack.lrs.outbox import refused_statements, waiting_statements
from offline_pack.lrs.words import OWN_WORDS
from offline_pack.models import LrsStraggler
from offline_pack.views.telecentres import allowed, sync_frame
from offline_pack.words.explain import explain

SHOWN = 20


@allowed
@require_GET
@never_cache
def lrs(request: HttpRequest) -> HttpResponse:
    state, is_on = lrs_state(), is_forwarding_on()
    context = sync_frame(_("Learning Record Store")) | {
        "is_on": is_on,
        "state": state,
        "trouble": explain(state.last_error, state.error_facts) if state.last_error else None,
        "next_try": None if state.last_error == HOPELESS else state.next_try_at,
        "waiting": waiting_statements() if is_on else 0,
        "with_names": lrs_with_names(),
        "refused": LrsStraggler.objects.refused().count(),
        "latest": [
            (item, OWN_WORDS.get(item.words, item.words)) for item in refused_statements(SHOWN)
        ],
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/lrs.html", context)


@allowed
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    if is_forwarding_on():
        try_again()
        messages.success(request, _("It is tried again now. Reload this page in a moment."))
    return redirect("yelen_lrs")
