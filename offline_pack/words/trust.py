"""Why trust, keys or a withdrawn pack are refused: words for ``offline_pack.words.explain``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_NEW_COPY = _("Ask the centre for a new copy.")
_NOT_A_FILE = (_("This is not a trust file, or it is damaged."), _NEW_COPY)

TRUST_WORDS = {
    "KeyInUseError": (
        _("This key signs %(purpose)s today: another must take its place first."),
        _("Run rotate_keys with --revoke instead."),
    ),
    "KeyNotListedError": (
        _("No single key of this centre begins with “%(key)s”."),
        _("Run show_trust to see all keys, then give at least eight characters."),
    ),
    "NoSuchPackError": (
        _("No pack of version %(version)s was made for this course."),
        _("Check the version on the page of packs."),
    ),
    "NotARootKeyError": (
        _("The file %(path)s holds none of this centre's root keys."),
        _("Check which stick holds the root key, then try again."),
    ),
    "NotForImageError": (
        _("This server is paired, or has learners: its disk is not fit to be copied."),
        _("Make the image on a machine that was never paired."),
    ),
    "OtherRootError": (
        _("This trust file comes from another centre, or from new root keys (%(offered)s)."),
        _("Call the centre and compare the fingerprint. Only then replace the keys held here."),
    ),
    "RootKeysMissingError": (
        _("Root keys at hand: %(given)s. Root keys needed: %(needed)s."),
        _("Plug in the sticks with the root keys and name each file with --root."),
    ),
    "RootSetError": (
        _("%(threshold)s of %(keys)s root keys cannot be asked for."),
        _("Give a threshold from 1 to the number of root keys; at most eight keys."),
    ),
    "TrustDocumentError": _NOT_A_FILE,
    "TrustFileError": _NOT_A_FILE,
    "TrustForkError": (
        _("The centre has said two different things as trust version %(version)s."),
        _("Install nothing for now. Call the centre, then pair this telecentre again."),
    ),
    "TrustThresholdError": (
        _("Trust version %(version)s lacks signatures: %(signed)s of %(needed)s root keys."),
        _("Do not use it. Tell the centre."),
    ),
    "WithdrawnPackError": (
        _("The centre has withdrawn version %(version)s of this course."),
        _("Ask the centre for the newest pack."),
    ),
}
