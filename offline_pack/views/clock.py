"""The telecentre's page "Clock": what time this machine goes by, and who may set it right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.pages import Page
from lms.clock import ClockQuality, ClockReading, read_clock
from lms.clock_file import load_memory
from lms.errors import ClockTimeError
from lms.permissions import can_sync, manager_required
from lms.tiles import Tile, register_tile
from offline_pack.conf import is_centre
from offline_pack.timekeeping import told_time
from offline_pack.views.sync import at_telecentre


class ClockForm(forms.Form):
    """``phone_ms`` is filled in by the browser's own clock; without it, date and time count."""

    phone_ms = forms.IntegerField(
        required=False, min_value=0, max_value=2**43, widget=forms.HiddenInput
    )
    at = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
        help_text=gettext_lazy("As 25/12/2026 14:30, if your browser shows no calendar"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("phone_ms") is None and not cleaned.get("at") and not self.errors:
            raise forms.ValidationError(_("Give the date and the time."))
        return cleaned

    def moment(self) -> datetime:
        if (phone_ms := self.cleaned_data["phone_ms"]) is not None:
            return datetime.fromtimestamp(phone_ms / 1000, tz=UTC)
        at: datetime = self.cleaned_data["at"]
        return at


@method_decorator((at_telecentre, manager_required, never_cache), name="dispatch")
class ClockView(Page):
    template_name = "yelen_offline_pack/sync/clock.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        clock = read_clock()
        context = {
            "clock": clock,
            "words": clock_words(clock),
            "is_sure": clock.quality >= ClockQuality.CONFIRMED,
            "set_by": _set_by(clock),
            "form": ClockForm(),
        }
        return super().get_context_data(**context | kwargs)


@require_POST
@at_telecentre
@manager_required
def set_clock(request: HttpRequest) -> HttpResponseBase:
    """Believe the phone or the person for this boot; a time that cannot be is told in words."""
    form = ClockForm(request.POST)
    if form.is_valid():
        try:
            told_time(form.moment(), by=str(request.user))
        except ClockTimeError as error:
            day = date_format(timezone.localtime(error.floor), "DATE_FORMAT")
            words = _("This date cannot be right: it is later than %(day)s, and not years later.")
            form.add_error(None, words % {"day": day})
        else:
            messages.success(request, _("The clock is set. It holds until the machine restarts."))
            return redirect("yelen_offline_pack:clock")
    request.method = "GET"
    return ClockView.as_view(extra_context={"form": form})(request)


def clock_words(clock: ClockReading) -> str:
    """In plain words: whether the date of this machine can be believed."""
    if clock.quality == ClockQuality.SYNCHRONISED:
        return _("The clock is right: the centre or the network said what time it is.")
    if clock.quality == ClockQuality.CONFIRMED:
        return _("The clock was set by a person since the last start.")
    if clock.quality == ClockQuality.RESTORED:
        return _("Nobody has confirmed the clock since the last start. It may be late.")
    return _("This machine does not know what time it is. Results keep their order all the same.")


def clock_tile(request: HttpRequest) -> Tile | None:
    """On the manager's page as long as nobody has said what time it is."""
    if is_centre() or not can_sync(request.user):
        return None
    clock = read_clock()
    if clock.quality >= ClockQuality.CONFIRMED:
        return None
    is_unknown = clock.quality == ClockQuality.UNKNOWN
    hint = _("The time is unknown") if is_unknown else _("To be confirmed")
    url = reverse("yelen_offline_pack:clock")
    return Tile(_("Clock"), hint, url, "clock", is_urgent=is_unknown)


def _set_by(clock: ClockReading) -> str:
    fix = load_memory().fix
    return fix.by if fix and clock.quality == ClockQuality.CONFIRMED else ""


register_tile("clock", clock_tile)
