"""On the telecentre's page "Synchronise": results onto the stick, the centre's answer from it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lms.permissions import manager_required
from offline_pack.box.outgoing import write_boxes
from offline_pack.box.reading import read_answer
from offline_pack.conf import usb_folder
from offline_pack.errors import StickMissingError
from offline_pack.stick import has_stick
from offline_pack.sync.batch import waiting_facts
from offline_pack.views.sync import at_telecentre
from offline_pack.words.explain import EXPECTED, explain_error


@require_POST
@at_telecentre
@manager_required
def write(request: HttpRequest) -> HttpResponse:
    return _with_stick(request, _write)


@require_POST
@at_telecentre
@manager_required
def read(request: HttpRequest) -> HttpResponse:
    return _with_stick(request, _read)


def _with_stick(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    try:
        if not has_stick():
            raise StickMissingError(str(usb_folder()))
        said = work()
    except EXPECTED as error:
        messages.error(request, str(explain_error(error)))
    else:
        messages.success(request, said)
    return redirect("yelen_offline_pack:sync")


def _write() -> str:
    written = write_boxes(usb_folder())
    return f"{_on_stick(written.facts)} {_('You may pull out the stick.')}"


def _on_stick(facts: int) -> str:
    if not facts:
        return _("No result waits: the stick only asks the centre for news.")
    said = ngettext(
        "%(number)d result is on the stick, checked.",
        "%(number)d results are on the stick, checked.",
        facts,
    )
    return said % {"number": facts}


def _read() -> str:
    done = read_answer(usb_folder())
    said = [_("The centre's answer is read.")]
    if done.stored:
        said.append(
            ngettext(
                "The centre received %(number)d result.",
                "The centre received %(number)d results.",
                done.stored,
            )
            % {"number": done.stored}
        )
    if done.received:
        said.append(_("News came from the centre."))
    if done.rejected:
        said.append(_("Some results were set aside there: the centre will look at them."))
    if done.is_asked_again:
        said.append(_("It asks for results once more. Nothing is lost."))
    said.append(_still_to_carry(waiting_facts()) or _("You may pull out the stick."))
    return " ".join(said)


def _still_to_carry(facts: int) -> str:
    """What is left to do; empty when nothing waits."""
    if not facts:
        return ""
    said = ngettext(
        "%(number)d result waits: save it onto the stick, and take it to the centre.",
        "%(number)d results wait: save them onto the stick, and take them to the centre.",
        facts,
    )
    return said % {"number": facts}
