"""Read a manifest as if its writer were hostile, even though the signature is good.

A key may be stolen, a builder may be wrong: what comes out of here is within bounds, points
inside the file, overlaps nothing and names nothing dangerous (docs/reference/pack-format.md).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from offline_pack.format import fields, paths, strictjson
from offline_pack.format.compression import PATCH_MAX
from offline_pack.format.errors import (
    ManifestError,
    NotAPackError,
    StrictJSONError,
    UnsupportedFeatureError,
    UnsupportedVersionError,
)
from offline_pack.format.manifest import (
    ENCODINGS,
    FORMAT,
    KNOWN_FEATURES,
    MAX_MANIFEST,
    RAW,
    VERSION,
    ZPATCH,
    BlobEntry,
    FileEntry,
    Group,
    Manifest,
    Piece,
    Release,
    Requires,
)

MAX_ENTRIES = 100_000
MAX_BLOB = 64 * 1024**3  # bytes, raw
MAX_TOTAL = 1024**4  # bytes, raw
MAX_VOLUMES = 1024
MAX_PIECES = 64
MAX_SHORT_LIST = 64


def parse_manifest(data: bytes, *, meta_end: int) -> Manifest:
    """The manifest in ``data``, checked; blobs may start from byte ``meta_end`` of a volume.

    Raises ``ManifestError`` with the place, or says which newer software the pack is for.
    """
    try:
        document = strictjson.loads(data, max_size=MAX_MANIFEST)
    except StrictJSONError as error:
        raise ManifestError("manifest", error.reason) from error
    _check_version(document)
    manifest = _manifest(document)
    _check_features(manifest)
    _check_totals(manifest, fields.get(document, "totals", dict, "manifest"))
    _check_tables(manifest)
    _check_pieces(manifest, meta_end=meta_end)
    return manifest


def _check_version(document: dict[str, Any]) -> None:
    if document.get("format") != FORMAT:
        raise NotAPackError("the manifest is not one of a pack")
    version = fields.integer(document, "v", "manifest", least=1)
    if version != VERSION:
        raise UnsupportedVersionError(version)
    critical = _names(document, "critical")
    if unknown := tuple(name for name in critical if name not in KNOWN_FEATURES):
        raise UnsupportedFeatureError(unknown)


def _manifest(document: dict[str, Any]) -> Manifest:
    critical = _names(document, "critical")
    langs = _names(document, "langs", least=1)
    manifest = Manifest(
        pack=fields.uuid(document, "pack"),
        rev=fields.integer(document, "rev", "manifest", least=1),
        released_at=fields.time(document, "released_at"),
        title=_title(document),
        default_lang=fields.text(document, "default_lang", "manifest", pattern=fields.NAME),
        course=fields.text(document, "course", "manifest", pattern=fields.SHA256),
        files=tuple(_file(item, f"files[{n}]") for n, item in _rows(document, "files")),
        blobs=tuple(_blob(item, f"blobs[{n}]") for n, item in _rows(document, "blobs")),
        volumes=_volumes(document),
        langs=langs,
        groups=_groups(document),
        requires=_requires(document),
        critical=critical,
        prev=_release(document, "prev"),
        base=_release(document, "base"),
    )
    if manifest.default_lang not in manifest.title or manifest.default_lang not in langs:
        raise ManifestError("default_lang", "it is not among the languages")
    for name, release in (("prev", manifest.prev), ("base", manifest.base)):
        if release and release.rev >= manifest.rev:
            raise ManifestError(name, "it is not an earlier release")
    return manifest


def _check_features(manifest: Manifest) -> None:
    """A feature that is used must be announced: older software refuses a pack by that list."""
    if absent := set(manifest.features) - set(manifest.critical):
        raise ManifestError("critical", f"it does not announce {', '.join(sorted(absent))}")
    if manifest.base is None and any(blob.base for blob in manifest.blobs):
        raise ManifestError("base", "a patch needs one")


def _check_totals(manifest: Manifest, stated: dict[str, Any]) -> None:
    totals = manifest.totals
    for name in ("raw", "stored", "blobs", "files", "max_blob"):
        if fields.integer(stated, name, "totals") != getattr(totals, name):
            raise ManifestError(f"totals.{name}", "it does not agree with the tables")
    if totals.raw > MAX_TOTAL:
        raise ManifestError("totals.raw", f"more than {MAX_TOTAL} bytes")


def _check_tables(manifest: Manifest) -> None:
    hashes = [blob.sha256 for blob in manifest.blobs]
    if any(one >= other for one, other in pairwise(hashes)):
        raise ManifestError("blobs", "they are not in ascending order, or one stands twice")
    known, groups = set(hashes), {group.id for group in manifest.groups}
    seen: set[str] = set()
    for number, item in enumerate(manifest.files):
        if item.sha256 not in known:
            raise ManifestError(f"files[{number}].b", "no such blob")
        if item.group not in groups:
            raise ManifestError(f"files[{number}].g", "no such group")
        if (name := paths.folded(item.path)) in seen:
            raise ManifestError(f"files[{number}].p", "the path stands twice")
        seen.add(name)
    named = {item.sha256 for item in manifest.files}
    if known != named:
        raise ManifestError("blobs", "a blob is in no file")
    if manifest.course not in named:
        raise ManifestError("course", "no such blob")


def _check_pieces(manifest: Manifest, *, meta_end: int) -> None:
    """Every piece inside its volume, behind the META entries, and overlapping no other."""
    pieces = sorted(
        (piece.volume, piece.offset, piece.length) for blob in manifest.blobs for piece in blob.at
    )
    free_from, current = meta_end, 0
    for volume, offset, length in pieces:
        if volume >= len(manifest.volumes):
            raise ManifestError("blobs", f"there is no volume {volume}")
        if volume != current:
            free_from, current = meta_end, volume
        if offset < free_from:
            raise ManifestError("blobs", f"byte {offset} of volume {volume} is taken twice")
        if offset + length > manifest.volumes[volume]:
            raise ManifestError("blobs", f"a blob goes beyond the end of volume {volume}")
        free_from = offset + length


def _blob(value: Any, where: str) -> BlobEntry:
    encoding = fields.text(value, "e", where)
    if encoding not in ENCODINGS:
        raise UnsupportedFeatureError((encoding,))
    blob = BlobEntry(
        sha256=fields.text(value, "h", where, pattern=fields.SHA256),
        size=fields.integer(value, "n", where, most=MAX_BLOB),
        encoding=encoding,
        stored=fields.integer(value, "s", where),
        at=_pieces(value, where),
        base=fields.text(value, "x", where, pattern=fields.SHA256) if encoding == ZPATCH else "",
    )
    if encoding == RAW and blob.size != blob.stored:
        raise ManifestError(f"{where}.s", "it is not the raw size")
    if encoding == ZPATCH and not 0 < blob.size <= PATCH_MAX:
        raise ManifestError(f"{where}.n", f"a patch makes at most {PATCH_MAX} bytes")
    if blob.base == blob.sha256:
        raise ManifestError(f"{where}.x", "a blob cannot be its own base")
    if sum(piece.length for piece in blob.at) != blob.stored:
        raise ManifestError(f"{where}.at", "the pieces do not add up to the stored size")
    return blob


def _pieces(value: dict[str, Any], where: str) -> tuple[Piece, ...]:
    listed = fields.get(value, "at", list, where)
    if not 1 <= len(listed) <= MAX_PIECES:
        raise ManifestError(f"{where}.at", f"1 to {MAX_PIECES} pieces are expected")
    kinds = [int, int, int] if len(listed) == 1 else [int, int, int, str]
    for piece in listed:
        if not isinstance(piece, list) or [type(item) for item in piece] != kinds:
            raise ManifestError(f"{where}.at", "volume, offset, length and hash are expected")
        if piece[3:] and not fields.SHA256.fullmatch(piece[3]):
            raise ManifestError(f"{where}.at", "a piece's hash is expected")
    return tuple(Piece(*piece) for piece in listed)


def _file(value: Any, where: str) -> FileEntry:
    path = fields.text(value, "p", where)
    if fault := paths.fault_in(path):
        raise ManifestError(f"{where}.p", fault)
    return FileEntry(
        path=path,
        sha256=fields.text(value, "b", where, pattern=fields.SHA256),
        media_type=fields.text(value, "m", where, pattern=fields.MEDIA_TYPE),
        group=fields.text(value, "g", where, pattern=fields.NAME),
    )


def _groups(document: dict[str, Any]) -> tuple[Group, ...]:
    groups = []
    for number, item in _rows(document, "groups", most=MAX_SHORT_LIST):
        where = f"groups[{number}]"
        optional = item.get("optional", False) if isinstance(item, dict) else False
        if not isinstance(optional, bool):
            raise ManifestError(f"{where}.optional", "true or false is expected")
        groups.append(Group(fields.text(item, "id", where, pattern=fields.NAME), optional))
    if len({group.id for group in groups}) != len(groups):
        raise ManifestError("groups", "one stands twice")
    return tuple(groups)


def _volumes(document: dict[str, Any]) -> tuple[int, ...]:
    listed = fields.get(document, "volumes", list, "manifest")
    if not 1 <= len(listed) <= MAX_VOLUMES or [type(size) for size in listed] != [int] * len(
        listed
    ):
        raise ManifestError("volumes", f"1 to {MAX_VOLUMES} sizes are expected")
    return tuple(listed)


def _release(document: dict[str, Any], key: str) -> Release | None:
    if key not in document:
        raise ManifestError(key, "is missing")
    value = document[key]
    if value is None:
        return None
    return Release(
        rev=fields.integer(value, "rev", key, least=1),
        manifest_sha256=fields.text(value, "manifest_sha256", key, pattern=fields.SHA256),
    )


def _requires(document: dict[str, Any]) -> Requires:
    value = fields.get(document, "requires", dict, "manifest")
    schemas = value.get("course_schema", [])
    if not isinstance(schemas, list) or len(schemas) > MAX_SHORT_LIST:
        raise ManifestError("requires.course_schema", "a list is expected")
    if [type(schema) for schema in schemas] != [int] * len(schemas):
        raise ManifestError("requires.course_schema", "integers are expected")
    edge = value.get("edge", {})
    return Requires(
        course_schema=tuple(schemas),
        edge_min=fields.version(edge, "min", "requires.edge"),
        edge_max_excl=fields.version(edge, "max_excl", "requires.edge"),
        h5p_core=fields.version(value, "h5p_core", "requires"),
    )


def _title(document: dict[str, Any]) -> dict[str, str]:
    value = fields.get(document, "title", dict, "manifest")
    if not 1 <= len(value) <= MAX_SHORT_LIST:
        raise ManifestError("title", f"1 to {MAX_SHORT_LIST} titles are expected")
    if not all(fields.NAME.fullmatch(language) for language in value):
        raise ManifestError("title", "language tags are expected")
    return {
        language: fields.text(value, language, "title", pattern=fields.PRINTABLE)
        for language in value
    }


def _names(document: dict[str, Any], key: str, *, least: int = 0) -> tuple[str, ...]:
    listed = fields.get(document, key, list, "manifest")
    if not least <= len(listed) <= MAX_SHORT_LIST:
        raise ManifestError(key, f"{least} to {MAX_SHORT_LIST} names are expected")
    if not all(isinstance(name, str) and fields.NAME.fullmatch(name) for name in listed):
        raise ManifestError(key, "names are expected")
    if len(set(listed)) != len(listed):
        raise ManifestError(key, "one stands twice")
    return tuple(listed)


def _rows(document: dict[str, Any], key: str, *, most: int = MAX_ENTRIES) -> list[tuple[int, Any]]:
    listed = fields.get(document, key, list, "manifest")
    if not 1 <= len(listed) <= most:
        raise ManifestError(key, f"1 to {most} entries are expected")
    return list(enumerate(listed))
