"""At the centre: take the boxes on the stick in this computer, and answer them on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from offline_pack.box.answers import write_answers
from offline_pack.box.errors import BoxNotFoundError
from offline_pack.box.incoming import Outcome, receive_boxes, waiting_at_centre
from offline_pack.box.names import boxes_at, shown_name
from offline_pack.conf import usb_folder
from offline_pack.errors import StickMissingError
from offline_pack.stick import has_stick
from offline_pack.views.telecentres import allowed, sync_frame
from offline_pack.words.box import refusal_in_words
from offline_pack.words.explain import EXPECTED, Explanation, explain_error


@dataclass(frozen=True, slots=True)
class Shown:
    outcome: Outcome
    problem: str  # empty when the box was taken


@dataclass(frozen=True, slots=True)
class Done:
    boxes: tuple[Shown, ...] = ()
    answers: int = 0
    trouble: Explanation | None = None  # with the stick itself, or with answering on it

    @property
    def is_useless(self) -> bool:
        """No box was taken, so nobody is answered."""
        return not self.answers and all(box.problem for box in self.boxes)


@allowed
@require_http_methods(["GET", "POST"])
@never_cache
def boxes(request: HttpRequest) -> HttpResponse:
    context = sync_frame(_("Boxes of the stick")) | {
        "done": _receive() if request.method == "POST" else None,
        "has_stick": has_stick(),
        "found": _found(),
        "waiting": waiting_at_centre(),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/boxes.html", context)


def _receive() -> Done:
    """What was taken stays taken, whatever happens to the answers."""
    shown: tuple[Shown, ...] = ()
    try:
        if not has_stick():
            raise StickMissingError(str(usb_folder()))
        received = receive_boxes(usb_folder())
        shown = tuple(Shown(item, _problem(item)) for item in received.outcomes)
        return Done(shown, answers=len(write_answers(usb_folder(), received)))
    except EXPECTED as error:
        return Done(shown, trouble=explain_error(error))


def _problem(outcome: Outcome) -> str:
    if outcome.trouble:
        return str(outcome.trouble)
    return refusal_in_words(outcome.refusal) if outcome.refusal else ""


def _found() -> list[str]:
    """Names of the boxes on the stick."""
    try:
        return [shown_name(path) for path in boxes_at(usb_folder())] if has_stick() else []
    except BoxNotFoundError:
        return []
