from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.installing.importer import rollback_pack
from offline_pack.making.exporter import course_by_slug
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Go back to the version of a course that is kept from before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course_slug")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            course = rollback_pack(course_by_slug(options["course_slug"]))
        self.stdout.write(f"{course.slug} is back at version {course.version}")
