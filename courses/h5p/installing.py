"""Keeping what a checked package brings: its libraries in the store, its content as blobs."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from courses.activities.h5p import H5PDefinition
from courses.blobs import read_blob, store_blob
from courses.errors import H5PLibraryPermissionError, H5PPackageError, PackageFault
from courses.h5p import filetypes
from courses.h5p.archive import READ_ERRORS, Limits, PackageArchive, Source, open_archive
from courses.h5p.completion import default_completion
from courses.h5p.library import (
    SCRIPTS,
    STYLES,
    files_of,
    install_library,
    installed_libraries,
    library_rows,
)
from courses.h5p.naming import LibraryName
from courses.h5p.package import CheckedLibrary, CheckedPackage, check_package
from courses.outline import BlobRef

PLAYER_BYTES = 66_000
"""What the player itself costs, compressed: H5P core, its style sheet, our own scripts."""


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """A package whose bytes are all in the blob store."""

    title: str
    language: str
    main_library: LibraryName
    libraries: tuple[LibraryName, ...]  # all it plays with, dependencies first
    content: BlobRef
    files: Mapping[str, BlobRef]
    needs_internet: bool


def install_file(source: Source, *, may_install_libraries: bool) -> InstalledPackage:
    """Check a .h5p file against the store and install it.

    Raises ``H5PPackageError`` (nothing is kept) or ``H5PLibraryPermissionError``.
    """
    package = check_package(source, installed=installed_libraries())
    return install_package(package, may_install_libraries=may_install_libraries)


def install_package(package: CheckedPackage, *, may_install_libraries: bool) -> InstalledPackage:
    """Keep the content, and the libraries that are new or newer than those of the store.

    Without ``may_install_libraries`` an update is passed over; a library that is not there at
    all raises ``H5PLibraryPermissionError``.
    """
    installed = installed_libraries()
    new = [
        library
        for name, library in package.libraries.items()
        if not name.is_for_editor
        and (name not in installed or installed[name].patch < library.manifest.patch)
    ]
    absent = [name.label for name in package.needed if name not in installed]
    if absent and not may_install_libraries:
        raise H5PLibraryPermissionError(absent)
    with open_archive(package.source, limits=Limits()) as archive:
        if may_install_libraries:
            for library in new:
                _install_library(archive, library)
        content = _store(archive, package.content_member)
        files = {path: _store(archive, name) for path, name in package.members.items()}
    return InstalledPackage(
        title=package.title,
        language=package.language,
        main_library=package.main_library,
        libraries=package.needed,
        content=content,
        files=files,
        needs_internet=package.needs_internet,
    )


def definition_from_package(
    package: InstalledPackage,
    *,
    completion: str | None = None,
    pass_percent: int = 70,
    text_equivalent: str = "",
) -> H5PDefinition:
    """The activity's definition; how it is completed defaults to what suits its library."""
    labels = tuple(name.label for name in package.libraries)
    return H5PDefinition(
        main_library=package.main_library.label,
        libraries=labels,
        content=package.content,
        files=package.files,
        completion=completion or default_completion(package.main_library),
        pass_percent=pass_percent,
        language=package.language,
        text_equivalent=text_equivalent,
        needs_internet=package.needs_internet,
        size=_first_play_bytes(labels, package),
    )


def _install_library(archive: PackageArchive, library: CheckedLibrary) -> None:
    install_library(
        library.manifest.name,
        patch=library.manifest.patch,
        metadata=library.manifest.metadata,
        files={path: _store(archive, member) for path, member in library.members.items()},
    )


def _store(archive: PackageArchive, member: str) -> BlobRef:
    try:
        with archive.stream(member) as stream:
            return store_blob(stream, filetypes.media_type(member))
    except (*READ_ERRORS, KeyError) as error:
        # The file was changed after it was checked.
        raise H5PPackageError([PackageFault("damaged", {"path": member})]) from error


def _first_play_bytes(labels: tuple[str, ...], package: InstalledPackage) -> int:
    """Bytes fetched by a first play: the player, code compressed, icon fonts, content."""
    size = PLAYER_BYTES + package.content.size + sum(blob.size for blob in package.files.values())
    for row in library_rows(labels):
        for path, blob in files_of(row).items():
            if path in (SCRIPTS, STYLES):
                size += len(zlib.compress(read_blob(blob.sha256)))
            elif path.endswith(".woff2"):
                size += blob.size
    return size
