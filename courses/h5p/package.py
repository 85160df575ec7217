"""Reading and checking a .h5p file before anything of it is kept.

No Django models here: what is installed already is told by the caller. Every fault of a package
is found before it is refused, so that a trainer mends it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from courses.errors import H5PPackageError, PackageFault
from courses.h5p import filetypes
from courses.h5p.archive import Limits, PackageArchive, Source, open_archive, printable
from courses.h5p.dependencies import close_over, libraries_in, needs_internet
from courses.h5p.naming import LibraryName
from courses.h5p.reading import (
    LibraryManifest,
    PackageManifest,
    parse_json,
    read_library_manifest,
    read_package_manifest,
)

CORE_API = (1, 28)
"""The version of H5P core's interface the player offers (h5p-standalone 3.8)."""

_CONTENT = "content/content.json"
_UNREADABLE = object()


@dataclass(frozen=True, slots=True)
class InstalledLibrary:
    """A library of the shared store, as far as checking a package is concerned."""

    name: LibraryName
    patch: int
    dependencies: tuple[LibraryName, ...]


Installed = Mapping[LibraryName, InstalledLibrary]
NOTHING_INSTALLED: Installed = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CheckedLibrary:
    """A library inside a package, found sound."""

    manifest: LibraryManifest
    members: Mapping[str, str]  # path inside the library's folder -> name in the archive


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    """A package found sound. Its bytes still lie in ``source``."""

    source: Source
    title: str
    language: str
    main_library: LibraryName
    members: Mapping[str, str]  # path under content/ -> name in the archive, content.json apart
    libraries: Mapping[LibraryName, CheckedLibrary]  # those it brings
    needed: tuple[LibraryName, ...]  # those it plays with, dependencies first
    needs_internet: bool

    @property
    def content_member(self) -> str:
        return _CONTENT


def check_package(
    source: Source, *, installed: Installed = NOTHING_INSTALLED, limits: Limits | None = None
) -> CheckedPackage:
    """Check all rules of a host; raises ``H5PPackageError`` holding every fault found."""
    with open_archive(source, limits=limits or Limits()) as archive:
        check = _Check(archive, installed)
        return check.result(source)


@dataclass(slots=True)
class _Check:
    """One run over one package; each step adds to ``faults``."""

    archive: PackageArchive
    installed: Installed
    faults: list[PackageFault] = field(default_factory=list)
    read_already: set[str] = field(default_factory=set)

    def result(self, source: Source) -> CheckedPackage:
        manifest = self.manifest()
        content = self.json_object(_CONTENT, required=True)
        members, folders = self.sort_members()
        libraries = self.libraries(folders)
        needed = self.needed(manifest, content, libraries, folders)
        self.verify_rest()
        self.faults = [*self.archive.faults, *self.faults]
        if self.faults or manifest is None or manifest.main_library is None:
            raise H5PPackageError(self.faults)
        return CheckedPackage(
            source=source,
            title=manifest.title,
            language=manifest.language,
            main_library=manifest.main_library,
            members=members,
            libraries=libraries,
            needed=needed,
            needs_internet=needs_internet(content, main=manifest.main_library),
        )

    def manifest(self) -> PackageManifest | None:
        document = self.json_object("h5p.json", required=True)
        if document is None:
            return None
        manifest, faults = read_package_manifest(document)
        self.faults += faults
        return manifest

    def sort_members(self) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Content files, and library files by folder; stray files at the top are passed over."""
        content: dict[str, str] = {}
        folders: dict[str, dict[str, str]] = {}
        for member in self.archive.members:
            folder, slash, path = member.partition("/")
            if not slash:
                continue
            in_content = folder == "content"
            allowed = (
                filetypes.is_allowed_in_content(path)
                if in_content
                else filetypes.is_allowed_in_library(path)
            )
            if not allowed:
                self.blame("file-type", path=member)
            elif not in_content:
                folders.setdefault(folder, {})[path] = member
            elif member != _CONTENT:
                content[path] = member
        return content, folders

    def libraries(
        self, folders: Mapping[str, Mapping[str, str]]
    ) -> dict[LibraryName, CheckedLibrary]:
        found = {}
        for folder, members in sorted(folders.items()):
            manifest = self.library_manifest(folder)
            self.parse_texts(members)
            if manifest is not None:
                self.check_library(folder, manifest, members)
                found[manifest.name] = CheckedLibrary(manifest, members)
        return found

    def library_manifest(self, folder: str) -> LibraryManifest | None:
        path = f"{folder}/library.json"
        if path not in self.archive.members:
            self.blame("library-json-missing", folder=folder)
            return None
        document = self.json_object(path)
        if document is None:
            return None
        manifest, faults = read_library_manifest(path, document)
        self.faults += faults
        return manifest

    def parse_texts(self, members: Mapping[str, str]) -> None:
        """Translations and semantics must at least be JSON."""
        for path, member in members.items():
            is_translation = path.startswith("language/") and path.endswith(".json")
            if is_translation or path == "semantics.json":
                self.json(member)

    def check_library(
        self, folder: str, manifest: LibraryManifest, members: Mapping[str, str]
    ) -> None:
        name = manifest.name
        if folder not in (name.folder, name.machine_name):
            self.blame("library-folder", folder=folder, expected=name.folder)
        if manifest.core_api > CORE_API:
            self.blame(
                "core-api",
                library=name.label,
                needed="{}.{}".format(*manifest.core_api),
                ours="{}.{}".format(*CORE_API),
            )
        here = self.installed.get(name)
        if here is None or here.patch < manifest.patch:
            for path in (*manifest.scripts, *manifest.styles):
                if path not in members:
                    self.blame("preloaded-missing", library=name.label, path=path)

    def needed(
        self,
        manifest: PackageManifest | None,
        content: Any,
        libraries: Mapping[LibraryName, CheckedLibrary],
        folders: Mapping[str, Any],
    ) -> tuple[LibraryName, ...]:
        """The libraries to play with; one that is nowhere is a fault."""
        if manifest is None or manifest.main_library is None or content is None:
            return ()

        def dependencies_of(name: LibraryName) -> tuple[LibraryName, ...] | None:
            brought, here = libraries.get(name), self.installed.get(name)
            if brought and (here is None or here.patch < brought.manifest.patch):
                return brought.manifest.dependencies
            return here.dependencies if here else None

        # The main library last, as everything it may create must be there before it.
        roots = [*libraries_in(content), manifest.main_library]
        closure = close_over(roots, dependencies_of)
        missing = list(closure.missing)
        if manifest.main_library in missing:
            missing += close_over(manifest.listed, dependencies_of).missing
        for name in dict.fromkeys(missing):
            # A library that is there but faulty has been blamed already.
            if not {name.folder, name.machine_name} & folders.keys():
                self.blame("library-missing", library=name.label)
        return closure.ordered

    def verify_rest(self) -> None:
        for member in self.archive.members:
            if member not in self.read_already:
                self.archive.verify(member)

    def json_object(self, member: str, *, required: bool = False) -> Mapping[str, Any] | None:
        if member not in self.archive.members:
            if required:
                self.blame("file-missing", path=member)
            return None
        value = self.json(member)
        if isinstance(value, Mapping):
            return value
        if value is not _UNREADABLE:
            self.blame("json-shape", path=member)
        return None

    def json(self, member: str) -> Any:
        """The parsed member, or ``_UNREADABLE`` and a fault."""
        self.read_already.add(member)
        raw = self.archive.read(member)
        if raw is None:
            return _UNREADABLE
        value, fault = parse_json(member, raw)
        if fault:
            self.faults.append(fault)
            return _UNREADABLE
        return value

    def blame(self, code: str, **facts: str) -> None:
        shown = {key: printable(value) for key, value in facts.items()}
        self.faults.append(PackageFault(code, shown))
