"""What went wrong, and what to do about it, in plain words.

Errors travel as the name of their class and their facts (a job's row keeps both), so that the
words can be in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

from courses.errors import CoursesError
from courses.templatetags.yelen import size
from offline_pack.errors import OfflinePackError
from offline_pack.format.errors import PackFormatError
from offline_pack.format.signing import fingerprint
from offline_pack.lrs.words import LRS_WORDS
from offline_pack.remote.words import REMOTE_WORDS
from offline_pack.sync.words import SYNC_WORDS
from offline_pack.words.box import BOX_WORDS
from offline_pack.words.line import words_of_fault
from offline_pack.words.stick import STICK_WORDS
from offline_pack.words.trust import TRUST_WORDS
from offline_pack.words.upkeep import UPKEEP_WORDS

EXPECTED = (PackFormatError, OfflinePackError, CoursesError)
"""What an import or export may end with on an ordinary bad day."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


def facts_of(error: Exception) -> dict[str, Any]:
    """The attributes of an error, as JSON types."""
    return {name: _as_json(value) for name, value in vars(error).items() if name[0] != "_"}


class Way(StrEnum):
    """How a pack came here: some remedies differ."""

    STICK = "usb"
    UPLOAD = "received"  # sent from a browser
    NETWORK = "network"  # fetched from the centre


def explain_error(error: Exception, *, way: Way = Way.STICK) -> Explanation:
    return explain(type(error).__name__, facts_of(error), way=way)


def explain(code: str, facts: Facts, *, way: Way = Way.STICK) -> Explanation:
    """Words for the error class of that name; an unknown one gets a general answer."""
    if code == "PackSizeError" and facts.get("actual", 0) > facts.get("expected", 0):
        code = "PackSizeError, too long"
    if code == "PackGoneError" and facts.get("status") == HTTPStatus.GONE:
        code = "PackGoneError, withdrawn"
    if code == "NotEnoughSpaceError" and facts.get("reclaimable"):
        code = "NotEnoughSpaceError, old versions"
    of_fault = _WORDS.get(f"{code}, {facts['fault']}") if "fault" in facts else None
    problem, remedy = of_fault or _WORDS.get(code, _UNEXPECTED)
    remedy = _REMEDIES.get(way, {}).get(code, remedy)
    try:
        return Explanation(str(problem) % _shown(facts), str(remedy))
    except KeyError:  # a job's row written by another version of this software
        return Explanation(*(str(words) for words in _UNEXPECTED))


def _shown(facts: Facts) -> dict[str, Any]:
    """The facts, and how people read them: sizes, counts, the start of a key."""
    shown = dict(facts)
    for name, value in facts.items():
        if isinstance(value, str):
            shown[name] = _apart(value)
        elif isinstance(value, int):
            shown[f"{name}_size"] = size(value)
        elif isinstance(value, list):
            shown["count"] = len(value)
    expected, actual = facts.get("expected"), facts.get("actual")
    if isinstance(expected, int) and isinstance(actual, int):  # else they are hashes
        shown["missing_size"] = size(expected - actual)
    shown["why"] = words_of_fault(facts.get("fault"))
    if clock := facts.get("clock"):  # a date
        shown["clock"] = date_format(date.fromisoformat(clock), "DATE_FORMAT")
    if key := facts.get("key_id") or next(iter(facts.get("key_ids", [])), None):
        shown["key"] = fingerprint(key)
    return shown


def _apart(words: str) -> str:
    """In a text written from right to left, an address keeps its order when its line breaks."""
    return f"\u2068{words}\u2069" if get_language_bidi() else words  # FSI … PDI


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_as_json(item) for item in value]
    return value if isinstance(value, int | str | bool | None) else str(value)


_ASK_FOR_COPY = _("Do not use it. Ask the centre for a new copy.")
_CHOOSE_PACK = _("Choose a file whose name ends in .pack.")
_COPY_AGAIN = _("Copy the pack onto the stick again, and eject the stick before you pull it out.")
_MAKE_ROOM = _("Remove files from this server, then try again.")
_PLUG_IN = _("Check that the stick is plugged in, then try again.")
_FETCH_AGAIN = _("Download it again. If that changes nothing, tell the centre.")
_SEND_AGAIN = _("Send the file again. If that changes nothing, ask for a new copy of it.")
_TELL_CENTRE = _("Do not use it. Tell the centre.")
_UPDATE = _("Update this server first, then install the pack.")

_UNEXPECTED = (
    _("Something unexpected went wrong."),
    _("Try again. If it happens again, send the server's log to the centre."),
)
_CHANGED = (
    _("The pack was changed after the centre signed it, or it is damaged."),
    _ASK_FOR_COPY,
)
_AGAINST_RULES = (_("The pack's table of contents breaks the rules."), _TELL_CENTRE)
_NOT_READ = (_("The pack could not be read to the end."), _PLUG_IN)
_TOO_NEW = (_("The pack needs a newer version of Yelen."), _UPDATE)
_NOT_FOUND = (
    _("No pack was found there."),
    _("Check that the stick is plugged in and holds a file ending in .pack."),
)

_WORDS = {
    **BOX_WORDS,
    **LRS_WORDS,
    **REMOTE_WORDS,
    **STICK_WORDS,
    **SYNC_WORDS,
    **TRUST_WORDS,
    **UPKEEP_WORDS,
    "BadSignatureError": _CHANGED,
    "BaseIsADeltaError": (
        _("The older pack holds only what changed in version %(rev)s."),
        _("Choose a whole pack of an older version."),
    ),
    "BaseMissingError": (
        _("The pack holds only what is new since version %(rev)s, which is not whole here."),
        _("Ask the centre for a whole pack of this course."),
    ),
    "BaseNotOlderError": (
        _("The older pack is version %(rev)s; version %(version)s is to be packed."),
        _("Choose a whole pack of an older version."),
    ),
    "BlobDamagedError": _CHANGED,
    "CourseContentError": (_("The course inside the pack cannot be read."), _TELL_CENTRE),
    "CourseNotFoundError": (
        _("There is no such course."),
        _("Check its name in the catalogue."),
    ),
    "ForeignVolumeError": (
        _("This file belongs to another pack."),
        _("Bring the files of one pack together, then try again."),
    ),
    "ImportBusyError": (
        _("Another pack is being installed."),
        _("Wait until it is done, then try again."),
    ),
    "ManifestError": _AGAINST_RULES,
    "MalformedSignatureError": _CHANGED,
    "MetaTooLargeError": _AGAINST_RULES,
    "MissingBlobsError": (
        _("Files missing from the course: %(count)s."),
        _("At the centre, publish the course again. At a telecentre, install its pack again."),
    ),
    "NotAPackError": (_("This file is not a Yelen pack."), _CHOOSE_PACK),
    "NotEnoughFilesError": (
        _("The disk must take %(needed)s more files and has room for %(free)s."),
        _MAKE_ROOM,
    ),
    "NotEnoughSpaceError": (
        _("The disk is too full: %(needed_size)s needed, %(free_size)s free."),
        _MAKE_ROOM,
    ),
    "NothingToGoBackToError": (
        _("No earlier version of this course is kept here."),
        _("Install the newest pack instead."),
    ),
    "OlderPackError": (
        _("The pack is version %(offered)s; version %(installed)s was installed before."),
        _("Ask the centre for the newest pack."),
    ),
    "OtherCourseBaseError": (
        _("The older pack is of another course: %(title)s."),
        _("Choose a whole pack of an older version."),
    ),
    "OtherReleaseError": (
        _("Version %(rev)s of this course was installed with another content."),
        _("Ask the centre to publish the course again: it will get a new version."),
    ),
    "PackDamagedError": (
        _("Damaged files in the pack: %(count)s of %(total)s. Nothing was installed."),
        _COPY_AGAIN,
    ),
    "PackNotFoundError": _NOT_FOUND,
    "PackReadError": _NOT_READ,
    "PackSizeError": (
        _("The copy of the pack is not complete: %(missing_size)s is missing."),
        _COPY_AGAIN,
    ),
    "PackSizeError, too long": (
        _("The pack is longer than it should be: it was changed."),
        _ASK_FOR_COPY,
    ),
    "RequirementError": (
        _("The pack needs %(what)s %(needed)s; this server has %(present)s."),
        _UPDATE,
    ),
    "RevokedKeyError": (
        _("The pack is signed by a key that the centre has withdrawn (%(key)s)."),
        _("Ask the centre for a pack made since then."),
    ),
    "SlugTakenError": (
        _("Another course already has the address %(slug)s."),
        _("Ask the centre to change the address of one of the two."),
    ),
    "StoreWriteError": (
        _("The disk refused to write: %(reason)s."),
        _("The disk may be failing. Make a backup, then replace it."),
    ),
    "UnknownKeyError": (
        _("The pack is signed by a key this server does not know (%(key)s)."),
        _("Pair this telecentre with its centre, or import the centre's trust file."),
    ),
    "UnsafeFileError": (_("This is not an ordinary file."), _CHOOSE_PACK),
    "UnsupportedFeatureError": _TOO_NEW,
    "UnsupportedVersionError": _TOO_NEW,
    "VolumesMissingError": (
        _("The pack is in %(total)s files, and %(count)s of them are not here."),
        _("Bring the files of one pack together, then try again."),
    ),
    "VolumeSizeError": (
        _("Files of %(size_size)s are too small: at least %(least_size)s are needed."),
        _("Choose larger files."),
    ),
    "WrongPurposeError": (
        _("The pack is signed by a key that is not meant for packs."),
        _TELL_CENTRE,
    ),
}

_WITHOUT_STICK = ("PackDamagedError", "PackReadError", "PackSizeError")
_REMEDIES = {
    Way.UPLOAD: dict.fromkeys(_WITHOUT_STICK, _SEND_AGAIN)
    | {"PackNotFoundError": _("It may be installed already, or deleted. Look at the list again.")},
    Way.NETWORK: dict.fromkeys(_WITHOUT_STICK, _FETCH_AGAIN),
}
