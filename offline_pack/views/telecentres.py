"""The centre's page "Telecentres", inside Wagtail's admin: plain Django, Wagtail's templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.admin_frame import Crumb, admin_frame
from lms.models import Device, Telecentre
from lms.permissions import can_edit_network
from lms.tiles import Tile, register_tile
from offline_pack.conf import is_centre
from offline_pack.lrs.access import is_forwarding_on
from offline_pack.models import PairingRequest
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.reserve import free_bytes
from offline_pack.sync.answering import has_room
from offline_pack.sync.errors import StolenDeviceError, TheftInFutureError
from offline_pack.telecentres.listing import alarms_at, devices_of, set_aside_at, telecentre_rows
from offline_pack.telecentres.stolen import reinstate_device, revoke_device
from offline_pack.words.explain import explain

View = Callable[..., HttpResponseBase]
ICON = "rotate"


def may_see(request: HttpRequest) -> bool:
    return can_edit_network(request.user, Telecentre, "change")


def allowed(view: View) -> View:
    """For whoever runs the network."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def sync_frame(title: str, *, icon: str = ICON, above: tuple[Crumb, ...] = ()) -> dict[str, Any]:
    """For a page that stands below "Sync"; ``above`` are those between."""
    top = (reverse("yelen_telecentres"), _("Sync"))
    return admin_frame(title, icon=icon, above=(top, *above))


@allowed
@require_GET
@never_cache
def telecentres(request: HttpRequest) -> HttpResponse:
    rows = telecentre_rows()
    context = admin_frame(_("Sync"), icon=ICON) | {
        "rows": rows,
        "no_room": () if has_room() else (explain("CentreDiskFull", {"free": free_bytes()}),),
        "alarmed": sum(1 for row in rows if row.alarms),
        "has_lrs": is_forwarding_on(),
        "requests": PairingRequest.objects.waiting().count(),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/telecentres.html", context)


@allowed
@require_GET
@never_cache
def telecentre(request: HttpRequest, telecentre_id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Telecentre, pk=telecentre_id))


@allowed
@require_POST
@never_cache
def make_code(request: HttpRequest, telecentre_id: UUID) -> HttpResponse:
    """The code is on this one answer, and nowhere else afterwards."""
    place = get_object_or_404(Telecentre, pk=telecentre_id)
    return _page(request, place, code=create_pairing_code(place, user=request.user))


@allowed
@require_POST
def revoke(request: HttpRequest, device_id: UUID) -> HttpResponse:
    device = get_object_or_404(Device, pk=device_id)
    try:
        device = revoke_device(device.pk, stolen_at=_day(request.POST.get("stolen_on", "")))
    except (ValueError, OverflowError, TheftInFutureError):
        messages.error(request, _("Nothing was done: this is not a day that has come."))
        return redirect("yelen_telecentre", telecentre_id=device.telecentre_id)
    messages.success(request, _("%(device)s is withdrawn.") % {"device": device})
    return redirect("yelen_telecentre", telecentre_id=device.telecentre_id)


@allowed
@require_POST
def reinstate(request: HttpRequest, device_id: UUID) -> HttpResponse:
    device = get_object_or_404(Device, pk=device_id)
    try:
        reinstate_device(device.pk)
    except StolenDeviceError:
        messages.error(request, _("Nothing was done: a stolen device is never believed again."))
    else:
        words = _("%(device)s may send again. Ask its manager to synchronise.")
        messages.success(request, words % {"device": device})
    return redirect("yelen_telecentre", telecentre_id=device.telecentre_id)


def telecentres_tile(request: HttpRequest) -> Tile | None:
    if not is_centre() or not may_see(request):
        return None
    try:
        url = reverse("yelen_telecentres")
    except NoReverseMatch:
        return None
    return Tile(
        _("Sync of telecentres"), _("Pair them, see who was last heard"), url, "refresh-cw"
    )


def _day(said: str) -> datetime | None:
    """When that day began here; raises ``ValueError`` or ``OverflowError`` for what is none."""
    if not said:
        return None
    began = timezone.make_aware(datetime.combine(date.fromisoformat(said), time.min))
    return began.astimezone(UTC)


def _page(request: HttpRequest, place: Telecentre, *, code: str = "") -> HttpResponse:
    context = sync_frame(place.name) | {
        "telecentre": place,
        "devices": (devices := list(devices_of(place))),
        "alarms": alarms_at(devices),
        "set_aside": set_aside_at(place),
        "code": code,
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/telecentre.html", context)


register_tile("telecentres", telecentres_tile)
