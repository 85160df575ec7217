"""At a telecentre: take a list of learners on which nobody is left, once a person insists."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.pages import Page
from lms.models import Learner
from lms.permissions import manager_required
from offline_pack.box.reading import read_answer
from offline_pack.conf import usb_folder
from offline_pack.errors import StickMissingError
from offline_pack.models import CentreLink
from offline_pack.standing import standing
from offline_pack.stick import has_stick
from offline_pack.sync.errors import SyncBusyError
from offline_pack.syncing import ask_for_sync
from offline_pack.views.sync import at_telecentre
from offline_pack.words.explain import EXPECTED, explain_error

STICK = "stick"
SYNC = "yelen_offline_pack:sync"


@method_decorator((at_telecentre, manager_required, never_cache), name="dispatch")
class EmptiedView(Page):
    """What it means, before it is done; nothing to see when no such list was refused."""

    template_name = "yelen_offline_pack/sync/emptied.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not standing().refused_empty_list:
            return redirect(SYNC)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        link = CentreLink.objects.current()
        learners = Learner.objects.active().of_telecentre(link.telecentre_id) if link else None
        return super().get_context_data(
            link=link,
            learners=learners.count() if learners else 0,
            has_stick=has_stick(),
            **kwargs,
        )


@require_POST
@at_telecentre
@manager_required
def accept(request: HttpRequest) -> HttpResponse:
    """Over the network, as a sync that insists; or from the answer on the stick."""
    now = standing()
    if not now.refused_empty_list or now.link is None:
        return redirect(SYNC)
    try:
        if request.POST.get("way") == STICK or not now.link.address:
            if not has_stick():
                raise StickMissingError(str(usb_folder()))
            read_answer(usb_folder(), accept_empty_roster=True)
            messages.success(request, _("The centre's answer is read."))
        elif not ask_for_sync(user=request.user, accept_empty_roster=True):
            raise SyncBusyError("another sync is under way")
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
    return redirect(SYNC)
