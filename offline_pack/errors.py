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


class NotEnoughSpaceError(OfflinePackError):
    """The disk is too full; both numbers are bytes."""

    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes are needed and {free} are free")
        self.needed, self.free = needed, free


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


class NothingToGoBackToError(OfflinePackError):
    """No earlier version of the course is kept here."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"no earlier version of {slug} is kept here")
        self.slug = slug


class CourseNotFoundError(OfflinePackError):
    def __init__(self, course: str | UUID) -> None:
        super().__init__(f"there is no course {course}")
        self.course = str(course)


class DownloadError(OfflinePackError):
    """The pack could not be fetched."""

    def __init__(self, address: str, *, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.address, self.reason = address, reason


class TrustFileError(OfflinePackError):
    """Not a trust file, or a damaged one."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the trust file cannot be used: {reason}")
        self.reason = reason


class UnknownJobError(OfflinePackError):
    """A job of a kind that this version does not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"unknown kind of job: {kind}")
        self.kind = kind
