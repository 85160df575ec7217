"""Words for what keeps the store healthy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_INSTALL_AGAIN = _("Install the course's pack again: it brings the file back.")

UPKEEP_WORDS = {
    "BlobMismatchError": (_("A file of the course is damaged on this disk."), _INSTALL_AGAIN),
    "BlobMissingError": (_("A file of the course is missing on this disk."), _INSTALL_AGAIN),
    "CentreDiskFull": (
        _("The disk of this server is almost full: %(free_size)s free."),
        _("Telecentres are asked to wait. Make room on it. Nothing is lost meanwhile."),
    ),
    "DiskFull": (
        _("The disk of this server is full: %(free_size)s free."),
        _("Make room now, or results may soon be lost: delete old versions and received packs."),
    ),
    "NotATelecentreError": (
        _("Nothing is deleted at the centre: its versions may be packed again."),
        _("Withdraw the course in Wagtail instead."),
    ),
    "NotEnoughSpaceError, old versions": (
        _(
            "The disk is too full: %(needed_size)s needed, %(free_size)s free. "
            "Old versions take %(reclaimable_size)s."
        ),
        _("Delete the old versions of courses, then try again. Results stay."),
    ),
}
