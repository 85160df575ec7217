"""Words for what the records say."""

from __future__ import annotations

from django.utils.translation import gettext as _

from courses.activities.practical import Level


def level_in_words(level: Level | None) -> str:
    if level == Level.ALONE:
        return _("alone")
    if level == Level.WITH_HELP:
        return _("with help")
    return _("not seen")
