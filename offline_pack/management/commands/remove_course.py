from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.making.exporter import course_by_slug
from offline_pack.management.in_words import refusing_in_words
from offline_pack.removing import remove_course


class Command(BaseCommand):
    help = "Take a course off this telecentre; what learners did in it stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course_slug")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            course = course_by_slug(options["course_slug"])
            done = remove_course(course)
        self.stdout.write(
            f"removed {course.slug}: {done.blobs} files, {done.bytes} bytes; results stay"
        )
