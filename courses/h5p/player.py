"""What the sandboxed page needs to play an exercise.

H5P core (in h5p-standalone's ``frame.bundle.js``) reads ``H5PIntegration``. It is made here,
where all dependencies are known, and not by h5p-standalone's loader, which asks the server for
each ``library.json`` and trusts ``h5p.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.encoding import iri_to_uri

from courses.activities.h5p import H5PDefinition
from courses.blobs import read_blob
from courses.h5p.l10n import core_texts
from courses.h5p.library import SCRIPTS, STYLES, digest_of, library_rows, name_of
from courses.h5p.tokens import make_token
from courses.models import H5PLibrary

CONTENT_ID = 1
"""The sandbox plays one exercise and is told no id of ours."""

SAVE_EVERY = 5  # seconds between looks at the learner's state

POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'self'; form-action 'none'"
)
"""The player page's Content-Security-Policy. Never add ``allow-same-origin``: the package's
code would act as whoever looks at it."""


@dataclass(frozen=True, slots=True)
class PlayerPage:
    title: str
    language: str  # BCP 47, or empty when the package does not say
    scripts: tuple[str, ...]  # addresses, in order of dependency
    styles: tuple[str, ...]
    integration: dict[str, Any]  # H5P core's H5PIntegration


def player_page(
    definition: H5PDefinition, *, activity_id: UUID, version: int, title: str
) -> PlayerPage:
    """Raises ``H5PLibraryMissingError`` or a ``BlobError``."""
    rows = library_rows(definition.libraries)
    content = read_blob(definition.content.sha256).decode("utf-8-sig")
    token = make_token(activity_id, version=version)
    return PlayerPage(
        title=title,
        language="" if definition.language == "und" else definition.language,
        scripts=tuple(_file_url(row, SCRIPTS) for row in rows if SCRIPTS in row.files),
        styles=tuple(_file_url(row, STYLES) for row in rows if STYLES in row.files),
        integration={
            "url": "",
            "urlLibraries": reverse("yelen_courses:h5p_libraries").rstrip("/"),
            "libraryDirectories": {name_of(row).folder: _directory(row) for row in rows},
            "crossorigin": "anonymous",
            "saveFreq": SAVE_EVERY,
            "postUserStatistics": False,
            "ajax": {},
            "siteUrl": "urn:yelen",
            "l10n": {"H5P": core_texts()},
            "core": {"scripts": [], "styles": []},
            "contents": {
                f"cid-{CONTENT_ID}": {
                    "library": definition.main_library,
                    "jsonContent": content,
                    "title": title,
                    "metadata": {"title": title, "license": "U"},
                    "url": activity_id.urn,
                    "contentUrl": content_root(token),
                    "displayOptions": dict.fromkeys(
                        ("frame", "export", "embed", "copyright", "icon", "copy"), False
                    ),
                    "fullScreen": "0",
                    "exportUrl": "",
                    "embedCode": "",
                    "resizeCode": "",
                    "contentUserData": {"0": {}},
                    "scripts": [],
                    "styles": [],
                }
            },
        },
    )


def content_root(token: str) -> str:
    """The address H5P core puts before ``/images/a.png``."""
    return reverse("yelen_courses:h5p_content", args=[token, "x"]).removesuffix("/x")


def _directory(row: H5PLibrary) -> str:
    """The library's folder in addresses: its digest makes it safe to cache for good."""
    name = name_of(row)
    return f"{name.folder}/{digest_of(name, row.files)}"


def _file_url(row: H5PLibrary, path: str) -> str:
    return iri_to_uri(f"{reverse('yelen_courses:h5p_libraries')}{_directory(row)}/{path}")
