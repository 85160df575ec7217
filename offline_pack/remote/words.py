"""What went wrong with a download, and what to do: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_GOES_ON = _("Check the connection, then try again: it goes on from where it stopped.")
_LATER = _("Try again later: it goes on from where it stopped.")
_TELL_CENTRE = _("Tell the centre.")
_SIGN_IN = _(
    "Open a browser on this network, connect to it as it asks, then try again: "
    "the download goes on from where it stopped."
)
_NOT_THERE = (_("There is no pack at that address any more."), _("Ask the centre for the newest."))

REMOTE_WORDS = {
    "CertificateError": (
        _("Somebody else answers in the place of the server (%(reason)s)."),
        _SIGN_IN,
    ),
    "CertificateTimeError": (
        _("The server cannot be believed on the date that this machine shows, %(clock)s."),
        _("The clock may be wrong. Set the date and the time, then try again."),
    ),
    "DownloadBusyError": (
        _("Another pack is being downloaded."),
        _("Wait until it is done, then try again."),
    ),
    "DownloadDamagedError": (
        _("Files arrived damaged twice: %(count)s. Nothing was installed."),
        _("Try again from another network. If it happens again, tell the centre."),
    ),
    "DownloadError": (_("The pack could not be downloaded: %(reason)s."), _GOES_ON),
    "DownloadRefusedError": (
        _("The server refuses to give the pack (%(status)s)."),
        _TELL_CENTRE,
    ),
    "FileChangedError": (_("The pack was replaced while it was downloaded."), _LATER),
    "FileTooShortError": (_("The pack at the server is not complete."), _TELL_CENTRE),
    "LineCutError": (_("The connection was cut again and again."), _GOES_ON),
    "LineStalledError": (_("Nothing came over the connection for a long time."), _GOES_ON),
    "PackAddressError": (
        _("“%(address)s” is not the address of a pack."),
        _("An address looks like https://centre.example.org/packs/cours.pack"),
    ),
    "PackGoneError": _NOT_THERE,
    "PackGoneError, withdrawn": (
        _("The centre has withdrawn this pack."),
        _("Synchronise, then download the newest one."),
    ),
    "ServerBusyError": (_("The server is busy or has a fault (%(status)s)."), _LATER),
    "ServerUnreachableError": (_("The server cannot be reached: %(why)s."), _GOES_ON),
    "WebPageError": (
        _("The network answered with a page of its own, not with the pack."),
        _SIGN_IN,
    ),
    "WrongRangeError": (
        _("Something on the network changes what the server sends: %(reason)s."),
        _("Try again from another network."),
    ),
}
