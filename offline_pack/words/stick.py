"""Why a copy onto a stick failed: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STICK_WORDS = {
    "StickDamagedError": (
        _("The stick gave back other bytes than were written: %(name)s."),
        _("Use another stick: this one is failing."),
    ),
    "StickFullError": (
        _("The stick is too full: %(needed_size)s needed, %(free_size)s free."),
        _("Delete files from it or take another stick, then try again."),
    ),
    "StickMissingError": (
        _("No stick is plugged into this computer."),
        _("Plug one in, wait a moment, then try again."),
    ),
    "StickWriteError": (
        _("The stick refused to write: %(reason)s."),
        _("Check that it is plugged in and not locked, then try again."),
    ),
}
