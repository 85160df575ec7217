"""What can go wrong on the way. Doubts about a pack file itself are ``format.errors``."""

from __future__ import annotations

from uuid import UUID


class OfflinePackError(Exception):
    """Base of every error this app raises on purpose."""


class PackNotFoundError(OfflinePackError):
    """There is no pack at that place."""

    def __init__(self, place: str) -> None:
        super().__init__(f"no pack was found at {place}")
        self.place = place


class OlderPackError(OfflinePackError):
    """The pack is older than one that was installed here before."""

    def __init__(self, *, offered: int, installed: int) -> None:
        super().__init__(f"the pack is version {offered}; version {installed} was installed")
        self.offered, self.installed = offered, installed


class OtherReleaseError(OfflinePackError):
    """Same course and version as an installed pack, and yet another content."""

    def __init__(self, *, rev: int) -> None:
        super().__init__(f"version {rev} is installed with another content")
        self.rev = rev


class CourseContentError(OfflinePackError):
    """The course document inside the pack cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the course in the pack cannot be read: {reason}")
        self.reason = reason


class MissingBlobsError(OfflinePackError):
    """Files that a course needs are not there."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"{len(missing)} files are missing, such as {missing[0][:12]}")
        self.missing = missing


class OtherCourseBaseError(OfflinePackError):
    """The pack that a delta is to stand on is of another course."""

    def __init__(self, title: str) -> None:
        super().__init__(f"the base is a pack of {title}")
        self.title = title


class BaseIsADeltaError(OfflinePackError):
    """The pack that a delta is to stand on does not hold a whole version."""

    def __init__(self, *, rev: int) -> None:
        super().__init__(f"the base of version {rev} is a delta pack itself")
        self.rev = rev


class BaseNotOlderError(OfflinePackError):
    """The base is of the version to be packed, or of a later one."""

    def __init__(self, *, rev: int, version: int) -> None:
        super().__init__(f"the base is version {rev}; version {version} is to be packed")
        self.rev, self.version = rev, version


class NotEnoughSpaceError(OfflinePackError):
    """The disk is too full; all numbers are bytes.

    ``reclaimable`` is what ``collect_garbage(short_of_space=True)`` would give back.
    """

    def __init__(self, *, needed: int, free: int, reclaimable: int = 0) -> None:
        super().__init__(f"{needed} bytes are needed and {free} are free")
        self.needed, self.free, self.reclaimable = needed, free, reclaimable


class NotEnoughFilesError(OfflinePackError):
    """The disk cannot hold that many more files (inodes)."""

    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(f"{needed} more files are needed and {free} are possible")
        self.needed, self.free = needed, free


class StoreWriteError(OfflinePackError):
    """The disk refused to write."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the disk could not be written: {reason}")
        self.reason = reason


class ImportBusyError(OfflinePackError):
    """Another pack is being installed on this machine right now."""


class NotATelecentreError(OfflinePackError):
    """At the centre, every file ever published may be packed again: nothing is deleted there."""


class NothingToGoBackToError(OfflinePackError):
    """No earlier version of the course is kept here."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"no earlier version of {slug} is kept here")
        self.slug = slug


class CourseNotFoundError(OfflinePackError):
    def __init__(self, course: str | UUID) -> None:
        super().__init__(f"there is no course {course}")
        self.course = str(course)


class TrustFileError(OfflinePackError):
    """Not a trust file, or a damaged one."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the trust file cannot be used: {reason}")
        self.reason = reason


class NotForImageError(OfflinePackError):
    """The disk of this machine holds what is not to be copied: a pairing, or people."""


class RootKeysMissingError(OfflinePackError):
    """At the centre: not enough root keys are at hand to sign a new trust document."""

    def __init__(self, *, given: int, needed: int) -> None:
        super().__init__(f"{given} root keys are at hand; {needed} are needed")
        self.given, self.needed = given, needed


class NotARootKeyError(OfflinePackError):
    """The private key in that file is none of this centre's root keys."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} holds none of this centre's root keys")
        self.path = path


class KeyNotListedError(OfflinePackError):
    """No key of this centre, or more than one, begins like that."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no one key of this centre begins with {key}")
        self.key = key


class KeyInUseError(OfflinePackError):
    """The key signs today: another must take its place first."""

    def __init__(self, *, purpose: str) -> None:
        super().__init__(f"the key is in use for {purpose}: rotate_keys {purpose} --revoke")
        self.purpose = purpose


class RootSetError(OfflinePackError):
    """The root keys would not be a set that can sign."""

    def __init__(self, *, keys: int, threshold: int) -> None:
        super().__init__(f"{threshold} of {keys} root keys is not possible")
        self.keys, self.threshold = keys, threshold


class WithdrawnPackError(OfflinePackError):
    """The centre has taken this version back."""

    def __init__(self, *, version: int) -> None:
        super().__init__(f"version {version} was withdrawn by the centre")
        self.version = version


class NoSuchPackError(OfflinePackError):
    """At the centre: no pack of that version was made."""

    def __init__(self, slug: str, *, version: int) -> None:
        super().__init__(f"no pack of {slug} version {version} was made here")
        self.slug, self.version = slug, version


class UnknownJobError(OfflinePackError):
    """A job of a kind that this version does not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"unknown kind of job: {kind}")
        self.kind = kind


class StickMissingError(OfflinePackError):
    """At the centre: no stick where one should show up."""

    def __init__(self, path: str) -> None:
        super().__init__(f"there is no stick at {path}")
        self.path = path


class StickFullError(OfflinePackError):
    """The packs do not fit on the stick; both numbers are bytes."""

    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes are needed on the stick and {free} are free")
        self.needed, self.free = needed, free


class StickWriteError(OfflinePackError):
    """The stick refused to take a file, or was pulled out."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the stick refused to write: {reason}")
        self.reason = reason


class StickDamagedError(OfflinePackError):
    """What was written is not what comes back."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} came back from the stick with other bytes")
        self.name = name
