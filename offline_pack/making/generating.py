"""At the centre: packs for download, kept under the packs folder, a row each."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from courses.models import Course
from offline_pack.choices import EVERYTHING, Choice, size_of
from offline_pack.conf import packs_folder
from offline_pack.format.errors import PackFormatError
from offline_pack.format.layout import VOLUME_SIZE
from offline_pack.format.signing import PACKS
from offline_pack.format.source import Progress
from offline_pack.format.volumes import volume_name
from offline_pack.format.writer import BuiltPack
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.installing.withdrawing import check_not_withdrawn
from offline_pack.making.exporter import export_pack
from offline_pack.models import Pack
from offline_pack.offered_news import news_of
from offline_pack.reserve import check_reserve
from offline_pack.trust.keys import own_key, trusted_keys

MAX_BASES = 3  # versions that deltas are made against

logger = logging.getLogger(__name__)


def generate_pack(
    course: Course, *, choice: Choice = EVERYTHING, progress: Progress | None = None
) -> Pack:
    """Pack the course for download, whole and as deltas; what is there already is kept.

    Deltas stand on the packs kept here of the versions before, of the same choice.
    """
    check_not_withdrawn(course.pk, rev=course.version)
    packs_folder().mkdir(parents=True, exist_ok=True)
    check_reserve(size_of(course, choice), folder=packs_folder())
    with _workplace(course) as draft:
        built = export_pack(
            course,
            to=draft,
            key=own_key(PACKS),
            choice=choice,
            volume_size=VOLUME_SIZE,
            progress=progress,
        )
        pack = _keep(course, built, choice)
        for older in _bases(pack):
            _make_delta(pack, older, draft=draft)
    _drop_overtaken(pack)
    return pack


def pack_path(manifest_sha256: str, *, volume: int = 0) -> Path:
    """Where a volume (from 0) of a pack built here lies."""
    return packs_folder() / volume_name(f"{manifest_sha256}.pack", volume)


def _make_delta(pack: Pack, older: Pack, *, draft: Path) -> None:
    """Keep a delta on an older pack if it saves at least half."""
    course, choice = pack.course, pack.choice
    try:
        with open_with_volumes(pack_path(older.manifest_sha256), trusted=trusted_keys()) as base:
            built = export_pack(course, to=draft, key=own_key(PACKS), choice=choice, base=base)
    except PackFormatError as error:  # an old pack that is damaged, or signed by a revoked key
        logger.warning("no delta on %s: %s", older, error)
        return
    if built.size * 2 < pack.size:
        _keep(course, built, choice)


def _bases(pack: Pack) -> Iterator[Pack]:
    """The newest whole pack kept here of each of the versions before."""
    seen: set[int] = set()
    older = Pack.objects.whole().filter(
        course=pack.course,
        version__lt=pack.version,
        media=pack.media,
        languages=pack.languages,
    )
    for row in older.select_related("course").order_by("-version", "-created_at"):
        if row.version in seen or not pack_path(row.manifest_sha256).is_file():
            continue
        seen.add(row.version)
        yield row
        if len(seen) == MAX_BASES:
            return


def _drop_overtaken(pack: Pack) -> None:
    """Delete the packs of that choice that nobody will ask for: rows first, then files.

    The bases of deltas stay, for the deltas of the next version; a withdrawn pack's row says for
    ever that it is.
    """
    kept = {pack.version, *(older.version for older in _bases(pack))}
    alike = Pack.objects.filter(
        course=pack.course, version__lt=pack.version, media=pack.media, languages=pack.languages
    )
    overtaken = [row for row in alike if row.version not in kept or row.base_version is not None]
    gone = [row.pk for row in overtaken if row.withdrawn_at is None]
    Pack.objects.filter(pk__in=gone).delete()
    for row in overtaken:
        for volume in range(row.volumes):
            pack_path(row.manifest_sha256, volume=volume).unlink(missing_ok=True)


def _keep(course: Course, built: BuiltPack, choice: Choice) -> Pack:
    """Put the volumes in their place, the first one last, and note the pack."""
    for number, path in reversed(list(enumerate(built.paths))):
        path.replace(pack_path(built.manifest_sha256, volume=number))
    base = built.manifest.base
    pack, created = Pack.objects.get_or_create(
        manifest_sha256=built.manifest_sha256,
        defaults={
            "course": course,
            "version": built.manifest.rev,
            "key_id": built.key_id,
            "size": built.size,
            "volumes": len(built.paths),
            "base_version": base.rev if base else None,
            "base_sha256": base.manifest_sha256 if base else "",
            "news": {} if base else news_of(course, version=built.manifest.rev),
            **Pack.fields_of(choice),
        },
    )
    if not created and pack.choice.rank < choice.rank:  # the very same bytes, asked for as more
        Pack.objects.filter(pk=pack.pk).update(**Pack.fields_of(choice))
        pack.refresh_from_db()
    return pack


@contextmanager
def _workplace(course: Course) -> Iterator[Path]:
    """Where to build; what an earlier try left there is removed."""
    folder = packs_folder() / "building" / str(course.pk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder / "building.pack"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
