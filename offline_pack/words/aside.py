"""Why a fact was set aside, and what can be done about it, in words for the operator."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offline_pack.words.explain import Explanation

_UPDATE = _("Update the centre's software, then try again.")
_DAMAGED = _("Keep it with a note. If there are many, the telecentre's disk may be failing.")
_CALL = _("Call the telecentre: its software may have been changed. Keep it with a note.")

_UNKNOWN = _("For a reason that this version does not know: %(code)s")

_WORDS = {
    "after_theft": (
        _("It came from a device after it was stolen."),
        _("Ask the telecentre what its learners did. Try again only what they confirm."),
    ),
    "bad_profile": (
        _("It registers a learner without a usable name."),
        _("Register the learner at the centre, then ask the telecentre to synchronise."),
    ),
    "breaks": (_("The centre's software fails over it."), _UPDATE),
    "erased_learner": (
        _("It speaks of a person who was erased."),
        _("There is nothing to do: it names nobody any more, and does not bring them back."),
    ),
    "foreign_learner": (
        _("It speaks of a learner of another telecentre."),
        _("If the learner has moved, change their telecentre here, then try again."),
    ),
    "not_canonical": (_("It is written in an unknown way."), _CALL),
    "too_long": (_("It is too long to be a result."), _CALL),
    "unknown_learner": (
        _("It speaks of a learner the centre does not know."),
        _("Their registration may be set aside too. Try that one first, then this one."),
    ),
    "unreadable": (_("It cannot be read."), _DAMAGED),
    "used_id": (_("It has the number of another result."), _CALL),
    "wrong_place": (_("It stands in the place of another result."), _CALL),
}


def explain_code(code: str) -> Explanation:
    """Words for a reason of docs/reference/sync-protocol.md; an unknown one is named."""
    problem, remedy = _WORDS.get(code, (_UNKNOWN, _UPDATE))
    return Explanation(str(problem) % {"code": code}, str(remedy))
