from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Course
from offline_pack.choices import ALL, MEDIA, Choice, pack_name
from offline_pack.format.layout import VOLUME_SIZE
from offline_pack.format.signing import PACKS
from offline_pack.format.writer import BuiltPack
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.making.exporter import course_by_slug, export_pack
from offline_pack.management.in_words import refusing_in_words
from offline_pack.trust.keys import own_key, trusted_keys

_SIZE = re.compile(r"(\d{1,12})([KMG]?)", re.IGNORECASE)
# As sticks and discs are sold: a file of that size surely fits.
_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}


class Command(BaseCommand):
    help = "Write courses as signed packs, each whole or only what an older pack lacks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course_slugs", nargs="+", metavar="course_slug")
        parser.add_argument(
            "--to", required=True, type=Path, metavar="FILE", help="a folder for several courses"
        )
        parser.add_argument(
            "--media", choices=MEDIA, default=ALL, help="all unless told otherwise"
        )
        parser.add_argument(
            "--languages", type=_tags, metavar="fr,mos", help="of audio; all unless told otherwise"
        )
        parser.add_argument(
            "--volume-size",
            type=_bytes,
            default=VOLUME_SIZE,
            metavar="SIZE",
            help="most bytes of one file, such as 650M; further files stand beside the first",
        )
        parser.add_argument(
            "--base", type=Path, metavar="FILE", help="a whole pack of an older version"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            courses = [course_by_slug(slug) for slug in options["course_slugs"]]
            for course in courses:
                built = _export(course, several=len(courses) > 1, options=options)
                self.stdout.write(_in_words(course, built))


def _export(course: Course, *, several: bool, options: dict[str, Any]) -> BuiltPack:
    choice = Choice(options["languages"], options["media"])
    to = Path(options["to"])
    if several and not to.is_dir():
        raise CommandError(f"{to} is not a folder: several packs need one.")
    with ExitStack() as stack:
        base = None
        if options["base"]:
            opened = open_with_volumes(options["base"], trusted=trusted_keys())
            base = stack.enter_context(opened)
        if to.is_dir():
            since = base.manifest.rev if base else None
            name = pack_name(
                course.slug, version=course.version, choice=choice, base_version=since
            )
            to /= name
        return export_pack(
            course,
            to=to,
            key=own_key(PACKS),
            choice=choice,
            base=base,
            volume_size=options["volume_size"],
        )


def _in_words(course: Course, built: BuiltPack) -> str:
    manifest = built.manifest
    since = f" since version {manifest.base.rev}" if manifest.base else ""
    more = f" and {len(built.paths) - 1} more beside it" if len(built.paths) > 1 else ""
    return (
        f"packed {course.slug} version {manifest.rev}{since}: {built.size} bytes, "
        f"{manifest.totals.blobs} files, in {built.path}{more}"
    )


def _bytes(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if not found:
        raise ArgumentTypeError("a number of bytes is expected, or such as 650M or 4G")
    return int(found.group(1)) * _UNITS[found.group(2).upper()]


def _tags(text: str) -> frozenset[str]:
    return frozenset(tag.strip() for tag in text.split(",") if tag.strip())
