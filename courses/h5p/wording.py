"""Faults in words a trainer understands."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.errors import PackageFault

SHOWN = 20
"""How many faults are told; a package with hundreds has one cause."""

_MEGABYTE = 1024 * 1024

WORDS = {
    "not-a-zip": _("This is not a .h5p file: it cannot be opened as a zip archive."),
    "too-many-members": _("It holds %(count)s files; at most %(limit)s are allowed."),
    "directory-too-large": _("Its table of contents is too large to be honest."),
    "too-large": _("Unpacked, it takes %(size_mb)s MB; at most %(limit_mb)s MB are allowed."),
    "member-too-large": _("“%(path)s” takes more than %(limit_mb)s MB."),
    "compression-ratio": _("“%(path)s” unpacks to far more than its size: it may be a trap."),
    "unsafe-name": _("“%(path)s” is not a safe file name."),
    "special-file": _("“%(path)s” is a link or a special file, which is not allowed."),
    "encrypted": _("“%(path)s” is locked with a password."),
    "compression-method": _("“%(path)s” is compressed in a way that is not supported."),
    "damaged": _("“%(path)s” is damaged and cannot be read."),
    "file-type": _("“%(path)s” is of a type that is not allowed here."),
    "file-missing": _("The file “%(path)s” is missing."),
    "json": _("“%(path)s” cannot be read: it is not valid JSON (line %(line)s)."),
    "json-too-large": _("“%(path)s” is too large (more than %(limit_mb)s MB)."),
    "json-shape": _("“%(path)s” does not hold what it should: a JSON object is expected."),
    "field-missing": _("“%(path)s” lacks “%(field)s”."),
    "field-wrong": _("In “%(path)s”, “%(field)s” is not valid."),
    "main-library-unlisted": _(
        "“h5p.json” names the main library %(library)s but does not say which version."
    ),
    "library-folder": _(
        "The folder “%(folder)s” does not match its library.json, which says “%(expected)s”."
    ),
    "library-json-missing": _("The library folder “%(folder)s” has no library.json."),
    "preloaded-missing": _("The library %(library)s lacks its file “%(path)s”."),
    "core-api": _(
        "The library %(library)s needs H5P core %(needed)s; this site has %(ours)s. "
        "An older version of the exercise may work."
    ),
    "library-missing": _(
        "The library %(library)s is not installed here, and the file does not bring it."
    ),
}


def describe_fault(fault: PackageFault) -> str:
    facts = dict(fault.facts)
    for name in ("size", "limit"):
        facts[f"{name}_mb"] = -(-int(facts.get(name, 0)) // _MEGABYTE)
    return str(WORDS[fault.code]) % facts


def describe_faults(faults: Iterable[PackageFault]) -> list[str]:
    """A sentence a fault, each once; the last one says how many more there are."""
    sentences = list(dict.fromkeys(describe_fault(fault) for fault in faults))
    more = len(sentences) - SHOWN
    if more > 0:
        rest = ngettext("And %(count)s fault more.", "And %(count)s faults more.", more)
        return [*sentences[:SHOWN], rest % {"count": more}]
    return sentences


def describe_permission(libraries: Iterable[str]) -> str:
    """What to tell who may not install the libraries an exercise brings."""
    return gettext(
        "This exercise needs libraries that are not installed: %(libraries)s. "
        "Ask someone who may install H5P libraries."
    ) % {"libraries": ", ".join(libraries)}
