"""What went wrong with an LRS, and what to do: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from offline_pack.lrs.sending import BREAKS_IT, OTHER_CONTENT

_NOTHING_LOST = _("Nothing is lost: it is tried again by itself.")
_UNREACHABLE = _("The LRS cannot be reached (%(host)s): %(why)s.")
_CHECK_ADDRESS = _("Check YELEN_LRS_URL: it is the address of the LRS's xAPI endpoint.")

LRS_WORDS = {
    "AllRefusedError": (
        _("The LRS refuses every result (%(status)s). It says: %(words)s"),
        _("Check the settings of the LRS, and which version of xAPI it speaks: 1.0.3 is needed."),
    ),
    "ForwardingBusyError": (
        _("Results are being forwarded at this moment."),
        _("Wait until that is done."),
    ),
    "LrsDeniedError": (
        _("The LRS does not let us in (%(status)s). It says: %(words)s"),
        _("Check the user and password, or the token. Then press “Try again”."),
    ),
    "LrsFaultError": (_("The LRS has a fault or is busy (%(status)s)."), _NOTHING_LOST),
    "LrsOffError": (
        _("No LRS is set."),
        _("Give its address in YELEN_LRS_URL, and restart the server."),
    ),
    "LrsSettingsError": (
        _("The settings of the LRS cannot be used."),
        _("Put them right, and restart the server."),
    ),
    "LrsUnreachableError": (_UNREACHABLE, _NOTHING_LOST),
    "LrsUnreachableError, name": (
        _UNREACHABLE,
        _(
            "Check its name in YELEN_LRS_URL, and that this server reaches the Internet. "
            "Nothing is lost: it is tried again by itself."
        ),
    ),
    "LrsUnreachableError, no_way": (
        _UNREACHABLE,
        _("Check the network of this server. Nothing is lost: it is tried again by itself."),
    ),
    "LrsUnreachableError, closed": (
        _UNREACHABLE,
        _(
            "Ask whether the LRS is running, and check the port in YELEN_LRS_URL. "
            "Nothing is lost: it is tried again by itself."
        ),
    ),
    "LrsUnreachableError, silent": (
        _UNREACHABLE,
        _(
            "It may be overloaded, or a firewall may stand between. "
            "Nothing is lost: it is tried again by itself."
        ),
    ),
    "LrsUnreachableError, certificate": (
        _UNREACHABLE,
        _(
            "Nothing was sent to it. Check the date of this server, then ask whoever runs the LRS "
            "for a certificate that is valid for its name."
        ),
    ),
    "LrsUnreachableError, tls": (
        _UNREACHABLE,
        _("Check whether YELEN_LRS_URL begins with https or http, and its port."),
    ),
    "NotAnLrsError": (_("What answers at %(host)s is not an LRS."), _CHECK_ADDRESS),
    "StatementsUnconfirmedError": (_("What answers at %(host)s is not an LRS."), _CHECK_ADDRESS),
}

OWN_WORDS = {
    BREAKS_IT: _("It has a fault with this one, and not with others."),
    OTHER_CONTENT: _("Another statement has this id there."),
}
"""What we noted of a statement ourselves, in the place of the words of the LRS."""
