"""What went wrong with a sync or a pairing, and what to do; see ``words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_CALL = _("Call the centre and read them this sentence.")
_CHECK_LINE = _("Check the Internet connection, then try again. Nothing is lost.")
_PAIR_AGAIN = _("Ask the centre for a new pairing code, then pair this telecentre again.")
_LATER = _("Try again later. Nothing is lost.")

SYNC_WORDS = {
    "BackupDamagedError": (
        _("%(path)s is not a whole copy of the database (%(reason)s)."),
        _("Make another copy, on another disk if this one is full or failing."),
    ),
    "BackupPlaceError": (
        _("A copy cannot be kept in %(folder)s."),
        _("Give a folder that exists, outside the data folder."),
    ),
    "NotSQLiteError": (
        _("This database (%(vendor)s) is copied with its own tools."),
        _("Use pg_dump, and keep its file on another machine."),
    ),
    "BatchRefusedError": (_("The centre cannot read what was sent: %(reason)s."), _CALL),
    "BatchTooLargeError": (_("One result is too large to be sent."), _CALL),
    "CentreAddressError": (
        _("“%(address)s” is not the address of a centre."),
        _("An address looks like https://centre.example.org"),
    ),
    "CentreBusyError": (_("The centre is busy and asks to wait."), _LATER),
    "CentreDateError": (
        _("The server cannot be believed on the date that this machine shows, %(clock)s."),
        _("The clock may be wrong. Set the date and the time, then try again."),
    ),
    "CentreFaultError": (_("The centre's server has a fault (%(status)s)."), _LATER),
    "CentreFullError": (
        _("The centre's disk is full: it asks to wait."),
        _("Call the centre and read them this sentence. Nothing is lost."),
    ),
    "CentreUnreachableError": (
        _("The centre cannot be reached (%(address)s): %(why)s."),
        _CHECK_LINE,
    ),
    "CodeFormatError": (
        _("A pairing code has twelve letters and digits, such as K7QF-3MZD-P2WX."),
        _("Read it again and type it once more."),
    ),
    "DamagedStreamError": (_("Stored results are damaged: the disk may be failing."), _CALL),
    "EmptyRosterError": (
        _("The centre sent an empty list of learners; the last one had %(held)s."),
        _("Nothing was changed. Call the centre: it may be a mistake there."),
    ),
    "NoAddressError": (
        _("This telecentre knows its centre by USB stick only."),
        _("Save the results onto a stick. For the network, pair again with a code."),
    ),
    "NoProgressError": (_("Centre and telecentre do not agree on what was sent."), _CALL),
    "NotPairedError": (
        _("This telecentre is not paired with a centre yet."),
        _("Ask the centre for a pairing code."),
    ),
    "NotTheCentreError": (
        _("Something else than the centre answered at %(address)s."),
        _("Open a web page: the network may ask you to sign in first. Then try again."),
    ),
    "OtherCentreError": (
        _("The centre there is not the one this telecentre was paired with."),
        _PAIR_AGAIN,
    ),
    "PairingRefusedError": (
        _("The centre refuses this code: it is wrong, too old, or was used already."),
        _("Check it, or ask the centre for a new one."),
    ),
    "RevokedError": (
        _("The centre has withdrawn this telecentre's server."),
        _(
            "Call the centre. If it was a mistake, it can let this server send again: "
            "then press “Synchronise now”."
        ),
    ),
    "SoftwareTooOldError": (
        _("This server's software is too old for the centre."),
        _("Update it first. Nothing is lost."),
    ),
    "StreamForkError": (_("The centre holds other results under the same numbers."), _CALL),
    "StreamGapError": (_("The centre lacks earlier results."), _CALL),
    "SyncBusyError": (
        _("A synchronisation is under way already."),
        _("Wait until it has ended."),
    ),
    "TheftInFutureError": (
        _("This day has not come yet."),
        _("Give the day the device was stolen."),
    ),
    "UnknownDeviceError": (_("The centre does not know this server."), _PAIR_AGAIN),
    "UnusableNewsError": (
        _("The centre sent something that this version cannot use (%(kind)s)."),
        _("Update this server's software."),
    ),
}
