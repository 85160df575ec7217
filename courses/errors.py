"""What can go wrong with what there is to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class CoursesError(Exception):
    """Base of every error this app raises on purpose."""


class OutlineError(CoursesError):
    """A course document does not have the shape of a course outline.

    ``where`` is the path inside the document, such as ``modules[2].lessons[0].id``.
    """

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


class BlobError(CoursesError):
    """Base of errors about stored bytes."""


class BlobMissingError(BlobError):
    """The bytes of a blob are not in the store."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"blob {sha256[:12]} is not in the store")
        self.sha256 = sha256


class BlobMismatchError(BlobError):
    """Bytes are not the ones their name promises."""

    def __init__(self, *, expected: str, actual: str) -> None:
        super().__init__(f"expected blob {expected[:12]}, found {actual[:12]}")
        self.expected, self.actual = expected, actual


class ActivityError(CoursesError):
    """An activity's definition, or an answer to it, does not have the shape of its kind."""


class SlugTakenError(CoursesError):
    """Another course already answers at this address."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"another course already has the address {slug!r}")
        self.slug = slug


class H5PError(CoursesError):
    """Base of errors about H5P exercises."""


@dataclass(frozen=True, slots=True)
class PackageFault:
    """One thing wrong with a .h5p file; ``courses.h5p.wording`` turns it into words.

    ``facts`` are what the words need: a path inside the package, a limit, a version...
    """

    code: str  # one of the keys of courses.h5p.wording.WORDS
    facts: Mapping[str, str | int] = field(default_factory=dict)


class H5PPackageError(H5PError):
    """A .h5p file is refused; ``faults`` holds all that is wrong with it, not only the first."""

    def __init__(self, faults: Sequence[PackageFault]) -> None:
        super().__init__("; ".join(f"{fault.code} {dict(fault.facts)}" for fault in faults))
        self.faults = tuple(faults)


class H5PLibraryPermissionError(H5PError):
    """The package brings libraries, and who installs it may not add libraries."""

    def __init__(self, libraries: Sequence[str]) -> None:
        super().__init__(f"not allowed to install {', '.join(libraries)}")
        self.libraries = tuple(libraries)  # "Name major.minor"


class H5PLibraryMissingError(H5PError):
    """An exercise needs libraries that are not installed."""

    def __init__(self, libraries: Sequence[str]) -> None:
        super().__init__(f"not installed: {', '.join(libraries)}")
        self.libraries = tuple(libraries)  # "Name major.minor"


class H5PResultError(H5PError):
    """An exercise sent a result that cannot be: 999 points out of 3, say."""


class H5PTokenError(H5PError):
    """The address of an exercise's file is forged, or too old."""


class IconMissingError(CoursesError):
    """A template asks for an icon that the set-up command has not brought in."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no icon {name!r}: add it to icons.txt and run make setup")
        self.name = name
