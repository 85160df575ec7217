from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.exporter import course_by_slug, export_pack
from offline_pack.format.signing import PACKS
from offline_pack.keys import own_key
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Write a course as one signed pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course_slug")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            course = course_by_slug(options["course_slug"])
            built = export_pack(course, to=options["to"], key=own_key(PACKS))
        self.stdout.write(
            f"packed {course.slug} version {built.manifest.rev}: {built.size} bytes, "
            f"{built.manifest.totals.blobs} files, in {built.path}"
        )
