"""When a telecentre will synchronise next, as its page tells it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offline_pack.standing import Standing

_HOURS_FROM = 90  # minutes
_DAYS_FROM = 36 * 60


def words_of_next(now: Standing) -> str:
    """In running time and roughly: the date of this machine may be wrong."""
    if now.is_stopped:
        return _("It will not try again by itself.")
    if not now.plan.is_on:
        return _("Only when you press the button")
    if now.waits_for_link:
        return _("Next: as soon as the centre can be reached")
    if not now.plan.left_ms:
        return _("Next: within a minute")
    return _("Next: %(when)s, if this machine stays on") % {"when": _in(now.plan.minutes_left)}


def _in(minutes: int) -> str:
    if minutes < _HOURS_FROM:
        words = ngettext("in about %(number)s minute", "in about %(number)s minutes", minutes)
        return words % {"number": minutes}
    if minutes < _DAYS_FROM:
        hours = round(minutes / 60)
        words = ngettext("in about %(number)s hour", "in about %(number)s hours", hours)
        return words % {"number": hours}
    days = round(minutes / 60 / 24)
    return ngettext("in about %(number)s day", "in about %(number)s days", days) % {"number": days}
