"""What went wrong with a box on a stick: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WRITE_AGAIN = _("Have it written onto the stick again, where it comes from. Nothing is lost.")

BOX_WORDS = {
    "AskRefusedError": (
        _("The centre has refused this server."),
        _("Call the centre. Then begin a new request."),
    ),
    "BoxDamagedError": (_("%(name)s is damaged: it was changed or cut short."), _WRITE_AGAIN),
    "AnswerForOthersError": (
        _("The answer on this stick is for another telecentre."),
        _(
            "Nothing was changed. Look for the right stick, or save onto this one and send it to "
            "the centre again."
        ),
    ),
    "BoxForOthersError": (
        _("It was sealed for another centre."),
        _(
            "Send it there. If it belongs here, pair the telecentre again, then have it save onto "
            "the stick anew."
        ),
    ),
    "BoxKeyUnknownError": (
        _("This telecentre does not know yet how to seal results for the centre."),
        _("Synchronise once over the network, or pair again."),
    ),
    "BoxNotFoundError": (
        _("There is nothing for this server on the stick."),
        _("Check that it is the right stick, then try again."),
    ),
    "BoxNotFromCentreError": (
        _("%(name)s was not signed by this telecentre's centre."),
        _("Nothing was changed. Call the centre and read them this sentence."),
    ),
    "BoxReadError": (
        _("%(name)s could not be read."),
        _("Check that the stick is plugged in, then try again."),
    ),
    "NoOfferError": (
        _("This is not what the centre offered last."),
        _("Look at the words on this page again."),
    ),
    "NothingAskedError": (
        _("This server has asked nothing that is still open."),
        _("Save a new request onto the stick, and take it to the centre."),
    ),
    "OtherRequestError": (
        _("%(name)s answers another request of this server, or an old one."),
        _("Nothing was changed. Save the request onto the stick again, and take it there."),
    ),
    "BoxTooLargeError": (_("%(name)s is too large to be a box."), _WRITE_AGAIN),
}

REFUSALS = {
    "bad_signature": _("Its signature is wrong. Nothing of it was taken."),
    "fork": _("It tells another story than the results held here; the answer heals that."),
    "malformed": _("It cannot be read. Ask for a new one."),
    "other_centre": _(
        "It was signed for another centre. Send it there. If it belongs here, pair the telecentre "
        "again, then have it save onto the stick anew."
    ),
    "other_device": _("It speaks for another device than the one that signed it."),
    "protocol": _("Its software and this one have no language in common. Update the older one."),
    "revoked": _("That telecentre's server was withdrawn. Nothing of it was taken."),
    "unknown_device": _(
        "It comes from a server that was never paired with this centre. If it belongs here, pair "
        "it, then have it save onto the stick anew."
    ),
    "wait": _("There is too little room on this server's disk. Make room, then try again."),
}


def refusal_in_words(code: str) -> str:
    return str(REFUSALS.get(code, _("It was refused.")))
