"""The shared H5P library store: one copy of each library for all exercises.

Rows of ``H5PLibrary``; each file is a blob like any other. A higher patch of the same
major.minor takes the older one's place for every exercise, and the older one is kept to go back
to; an equal or lower one is passed over; different minors live side by side.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.blobs import has_blob, read_blob, store_bytes
from courses.errors import BlobMissingError, H5PLibraryMissingError
from courses.h5p.dependencies import close_over
from courses.h5p.naming import LibraryName, parse_label
from courses.h5p.package import InstalledLibrary
from courses.models import H5PLibrary
from courses.outline import BlobRef, H5PLibraryOutline, canonical_json
from courses.outline_codec import decode, encode

SCRIPTS = "_all.js"
STYLES = "_all.css"
"""All preloaded files of a library as one: a first play asks for 20 files instead of 100.

A package cannot hold these names, since names that begin with ``_`` are passed over.
"""

_AUTHORING_ONLY = ("semantics.json", "upgrades.js", "presave.js", "icon.svg")
_RELATIVE_URL = re.compile(r"""url\(\s*(["']?)(?![a-zA-Z][\w+.-]*:|/|\#)([^"')]+)\1\s*\)""")


def installed_libraries() -> dict[LibraryName, InstalledLibrary]:
    """What ``check_package`` wants to know of the store."""
    return {
        name_of(row): InstalledLibrary(name_of(row), row.patch, dependencies_of(row))
        for row in H5PLibrary.objects.only("machine_name", "major", "minor", "patch", "metadata")
    }


def name_of(row: H5PLibrary) -> LibraryName:
    return LibraryName(row.machine_name, row.major, row.minor)


def dependencies_of(row: H5PLibrary) -> tuple[LibraryName, ...]:
    return tuple(
        LibraryName(item["machineName"], item["majorVersion"], item["minorVersion"])
        for item in row.metadata.get("preloadedDependencies", [])
    )


def library_rows(labels: Iterable[str]) -> list[H5PLibrary]:
    """The rows of ``Name major.minor`` labels and of all they need now, dependencies first.

    An update may have brought a dependency the exercise was not saved with.
    Raises ``H5PLibraryMissingError`` naming every library that is not installed.
    """
    labels = list(labels)
    names = {label: parse_label(label) for label in labels}
    installed = installed_libraries()

    def dependencies(name: LibraryName) -> tuple[LibraryName, ...] | None:
        return installed[name].dependencies if name in installed else None

    closure = close_over([name for name in names.values() if name], dependencies)
    missing = [label for label, name in names.items() if name is None]
    missing += [name.label for name in closure.missing]
    if missing:
        raise H5PLibraryMissingError(missing)
    machine_names = {name.machine_name for name in closure.ordered}
    rows = {name_of(row): row for row in H5PLibrary.objects.filter(machine_name__in=machine_names)}
    return [rows[name] for name in closure.ordered]


def install_library(
    name: LibraryName, *, patch: int, metadata: Mapping[str, Any], files: Mapping[str, BlobRef]
) -> bool:
    """Put a library in the store; False when an equal or newer patch is there already."""
    with transaction.atomic():
        row = _row(name)
        if row and row.patch >= patch:
            return False
        previous = (
            {"patch": row.patch, "metadata": row.metadata, "files": row.files} if row else None
        )
        H5PLibrary.objects.update_or_create(
            machine_name=name.machine_name,
            major=name.major,
            minor=name.minor,
            defaults={
                "patch": patch,
                "metadata": encode(metadata),
                "files": encode(with_bundles(metadata, files)),
                "previous": previous,
                "installed_at": timezone.now(),
            },
        )
    return True


def roll_back_library(name: LibraryName, *, patch: int) -> bool:
    """Go back to the patch before the one in use; False when that is not ``patch``."""
    with transaction.atomic():
        row = _row(name)
        if row is None or row.previous is None or row.previous["patch"] != patch:
            return False
        row.patch = row.previous["patch"]
        row.metadata, row.files = row.previous["metadata"], row.previous["files"]
        row.previous = None
        row.save()
    return True


def install_library_outlines(outlines: Iterable[H5PLibraryOutline]) -> None:
    """Install the libraries a course brings; an equal or newer patch already here stays."""
    for outline in outlines:
        name = LibraryName(outline.machine_name, outline.major, outline.minor)
        for blob in outline.files.values():
            if not has_blob(blob.sha256):
                raise BlobMissingError(blob.sha256)
        install_library(name, patch=outline.patch, metadata=outline.metadata, files=outline.files)


def outlines_of(labels: Iterable[str]) -> tuple[H5PLibraryOutline, ...]:
    """Libraries as a course carries them: what playing needs, not what authoring needs.

    Raises ``H5PLibraryMissingError``.
    """
    return tuple(
        H5PLibraryOutline(
            machine_name=row.machine_name,
            major=row.major,
            minor=row.minor,
            patch=row.patch,
            metadata=row.metadata,
            files=_files_to_play(row),
        )
        for row in library_rows(labels)
    )


def files_of(row: H5PLibrary) -> dict[str, BlobRef]:
    return _files(row.files)


def digest_of(name: LibraryName, files: Mapping[str, Any]) -> str:
    """What stands for exactly these files in an address that never changes its answer."""
    document = {"library": name.folder, "files": encode(files)}
    return hashlib.sha256(canonical_json(document)).hexdigest()[:20]


def find_files(name: LibraryName, *, digest: str) -> dict[str, BlobRef] | None:
    """The files behind an address: those in use, or those used before the last update."""
    row = _row(name)
    for files in (row.files, (row.previous or {}).get("files")) if row else ():
        if files is not None and digest_of(name, files) == digest:
            return _files(files)
    return None


def with_bundles(metadata: Mapping[str, Any], files: Mapping[str, BlobRef]) -> dict[str, BlobRef]:
    """Add ``SCRIPTS`` and ``STYLES`` to a library's files, where it has any and lacks them."""
    all_files = dict(files)
    for bundle, key, joined, media_type in (
        (SCRIPTS, "preloadedJs", _join_scripts, "text/javascript"),
        (STYLES, "preloadedCss", _join_styles, "text/css"),
    ):
        paths = [item["path"] for item in metadata.get(key, []) if item["path"] in files]
        if paths and bundle not in all_files:
            all_files[bundle] = store_bytes(joined(paths, files), media_type)
    return all_files


def _join_scripts(paths: list[str], files: Mapping[str, BlobRef]) -> bytes:
    # The leading semicolon keeps a "use strict" of the first file from ruling all of them.
    return b";" + b"\n;\n".join(read_blob(files[path].sha256) for path in paths)


def _join_styles(paths: list[str], files: Mapping[str, BlobRef]) -> bytes:
    texts = (
        _move_urls(read_blob(files[path].sha256).decode("utf-8-sig", "replace"), path)
        for path in paths
    )
    return "\n".join(texts).encode()


def _move_urls(css: str, path: str) -> str:
    """Make relative addresses start from the library's folder."""
    folder = posixpath.dirname(path)
    return _RELATIVE_URL.sub(
        lambda found: f'url("{posixpath.normpath(posixpath.join(folder, found[2].strip()))}")',
        css,
    )


def _files_to_play(row: H5PLibrary) -> dict[str, BlobRef]:
    bundled = {
        item["path"]
        for key in ("preloadedJs", "preloadedCss")
        for item in row.metadata.get(key, [])
    }
    return {
        path: blob
        for path, blob in files_of(row).items()
        if path not in bundled and path not in _AUTHORING_ONLY and not path.startswith("language/")
    }


def _files(document: Mapping[str, Any]) -> dict[str, BlobRef]:
    files: dict[str, BlobRef] = decode(Mapping[str, BlobRef], document, where="files")
    return files


def _row(name: LibraryName) -> H5PLibrary | None:
    return H5PLibrary.objects.filter(
        machine_name=name.machine_name, major=name.major, minor=name.minor
    ).first()
