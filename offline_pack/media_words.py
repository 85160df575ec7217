"""Which sound and which video a pack holds, or is to hold, as people say it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from courses.media_groups import SEVERAL_LANGUAGES, VIDEO, language_of
from offline_pack.choices import ALL, AUDIO, SMALL_VIDEO, TEXT, Choice
from offline_pack.choices import VIDEO as LARGER_VIDEO


def language_name(tag: str) -> str:
    """The language in the reader's own; a tag nobody knows stays as it is."""
    if tag == SEVERAL_LANGUAGES:
        return _("several languages")
    try:
        info = get_language_info(tag)
    except KeyError:
        return tag
    return str(info.get("name_translated") or info["name"])


def media_in_words(groups: Iterable[str]) -> str:
    """What the groups of a pack add to its words and pictures."""
    named = list(groups)
    sound = sorted(language_name(tag) for group in named if (tag := language_of(group)))
    video = sorted(group.removeprefix(VIDEO) for group in named if group.startswith(VIDEO))
    parts = []
    if sound:
        parts.append(_("Sound: %(languages)s") % {"languages": ", ".join(sound)})
    if video:
        parts.append(_("Video: %(sizes)s") % {"sizes": ", ".join(video)})
    return " · ".join(parts) or _("Text and pictures, no sound or video")


def media_name(media: str) -> str:
    """One of ``choices.MEDIA``."""
    names = {
        TEXT: _("Text and pictures"),
        AUDIO: _("With sound"),
        SMALL_VIDEO: _("With sound and video 240p"),
        LARGER_VIDEO: _("With sound and video 360p"),
        ALL: _("Everything"),
    }
    return names.get(media, media)


def choice_in_words(choice: Choice) -> str:
    """Media, and the languages that are heard when they were chosen."""
    words = media_name(choice.media)
    if not choice.languages or choice.media == TEXT:
        return words
    return f"{words} ({', '.join(sorted(language_name(tag) for tag in choice.languages))})"
