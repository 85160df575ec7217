"""The telecentre's page "Synchronise": what waits, when it last worked, one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.pages import Page
from lms.clock import ClockQuality, read_clock
from lms.permissions import can_sync, manager_required
from lms.tiles import Tile, register_tile
from offline_pack.conf import is_centre
from offline_pack.errors import OfflinePackError
from offline_pack.job_words import JobWords, time_left, words_for
from offline_pack.models import Job, JobState, Rhythm
from offline_pack.models.job import JobQuerySet
from offline_pack.pairing.asking import waiting_offer
from offline_pack.pairing.joining import pair
from offline_pack.standing import Standing, standing
from offline_pack.stick import has_stick
from offline_pack.sync.planning import choose_rhythm
from offline_pack.sync_words import words_of_next
from offline_pack.syncing import SYNC_JOB, ask_for_sync
from offline_pack.words.explain import explain_error

View = Callable[..., HttpResponseBase]


def at_telecentre(view: View) -> View:
    """A page of telecentres; the centre, which syncs with nobody, has none such."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_centre():
            raise Http404
        return view(request, *args, **kwargs)

    return checked


class AddressForm(forms.Form):
    centre = forms.CharField(
        label=gettext_lazy("Address of the centre"),
        max_length=200,
        help_text=gettext_lazy("Such as https://centre.example.org"),
        widget=forms.TextInput({"inputmode": "url", "autocapitalize": "none", "dir": "ltr"}),
    )


class PairingForm(AddressForm):
    code = forms.CharField(
        label=gettext_lazy("Pairing code"),
        max_length=40,
        help_text=gettext_lazy("Twelve letters and digits that the centre gave you"),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )


class RhythmForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Rhythm.choices,
        help_text=gettext_lazy("It needs this machine switched on, and a link to the Internet."),
    )


@method_decorator((at_telecentre, manager_required, never_cache), name="dispatch")
class SyncView(Page):
    template_name = "yelen_offline_pack/sync/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = _syncs().first()
        running = latest if latest and not latest.is_finished else None
        now = standing()
        context = {
            "standing": now,
            "job": running,
            "words": sync_words(running) if running else None,
            "done": latest.result if latest and latest.result else None,
            "arrived": _arrived(latest),
            "form": PairingForm(),
            "has_offer": waiting_offer() is not None,
            "has_stick": has_stick(),
            "rhythm_form": RhythmForm(initial={"rhythm": now.plan.rhythm}),
            "next_try": words_of_next(now),
            "is_clock_sure": read_clock().quality >= ClockQuality.CONFIRMED,
        }
        return super().get_context_data(**context | kwargs)


@require_POST
@at_telecentre
@manager_required
def start(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a sync, unless one is under way."""
    ask_for_sync(user=request.user)
    return redirect("yelen_offline_pack:sync")


@require_POST
@at_telecentre
@manager_required
def choose(request: HttpRequest) -> HttpResponse:
    """How often to synchronise from now on."""
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("There is no such choice."))
    choose_rhythm(Rhythm(form.cleaned_data["rhythm"]))
    messages.success(request, _("Your choice is kept."))
    return redirect("yelen_offline_pack:sync")


@at_telecentre
@manager_required
@never_cache
def job_state(_request: HttpRequest, job_id: UUID) -> JsonResponse:
    return JsonResponse(sync_words(get_object_or_404(_syncs(), pk=job_id)).as_json())


@require_POST
@at_telecentre
@manager_required
def pair_with_centre(request: HttpRequest) -> HttpResponseBase:
    """Pair, then sync for the first time; on a bad day the form comes back with the reason."""
    form = PairingForm(request.POST)
    if form.is_valid():
        try:
            link = pair(form.cleaned_data["centre"], form.cleaned_data["code"])
        except OfflinePackError as error:
            form.add_error(None, str(explain_error(error)))
        else:
            words = _("%(telecentre)s is paired with %(centre)s.")
            messages.success(request, words % {"telecentre": link.telecentre, "centre": link})
            ask_for_sync(user=request.user)
            return redirect(f"{reverse('yelen_offline_pack:sync')}#top")
    return SyncView.as_view(extra_context={"form": form})(_as_get(request))


def sync_words(job: Job) -> JobWords:
    """As of any job, but counted in results and not in bytes."""
    words = words_for(job)
    if words.is_finished or not job.bytes_total:
        return words
    said = ngettext(
        "%(done)s of %(total)s result sent", "%(done)s of %(total)s results sent", job.bytes_total
    )
    said %= {"done": job.bytes_done, "total": job.bytes_total}
    left = time_left(job)
    return replace(words, words=f"{said} – {left}" if left else said)


def sync_tile(request: HttpRequest) -> Tile | None:
    if is_centre() or not can_sync(request.user):
        return None
    url, icon = reverse("yelen_offline_pack:sync"), "refresh-cw"
    if waiting_offer() is not None:
        hint = _("The centre has answered: compare the words")
        return Tile(_("Synchronise"), hint, url, icon, is_urgent=True)
    now = standing()
    return Tile(_("Synchronise"), _hint(now), url, icon, is_urgent=now.is_urgent)


def _hint(now: Standing) -> str:
    if now.link is None:
        return _("Not paired with a centre yet")
    if _syncs().unfinished().exists():
        return _("Synchronisation under way")
    if now.trouble:
        return _("The last try failed")
    if now.is_sent:
        return _("Everything is sent")
    if not now.waiting:
        return _("Not synchronised yet")
    said = ngettext("%(number)d result to send", "%(number)d results to send", now.waiting)
    return said % {"number": now.waiting}


def _arrived(latest: Job | None) -> int:
    """Results that reached the centre before the last sync failed."""
    return latest.bytes_done if latest and latest.state == JobState.FAILED else 0


def _syncs() -> JobQuerySet:
    return Job.objects.filter(kind=SYNC_JOB)


def _as_get(request: HttpRequest) -> HttpRequest:
    """The page is shown, not posted to, when a form comes back."""
    request.method = "GET"
    return request


register_tile("sync", sync_tile)
