"""What went wrong with an LRS, and what to do: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_NOTHING_LOST = _("Nothing is lost: it is tried again by itself.")
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
        _("The settings of the LRS cannot be used (%(reason)s)."),
        _("Put them right, and restart the server."),
    ),
    "LrsUnreachableError": (
        _("The LRS does not answer (%(host)s, %(reason)s)."),
        _NOTHING_LOST,
    ),
    "NotAnLrsError": (
        _("What answers at %(host)s is not an LRS (%(reason)s)."),
        _CHECK_ADDRESS,
    ),
}
