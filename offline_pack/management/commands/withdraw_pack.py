from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.installing.withdrawing import withdraw_pack
from offline_pack.making.exporter import course_by_slug
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Take a version of a course back: telecentres are told, and install it no more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("course_slug")
        parser.add_argument("version", type=int)

    def handle(self, *_: Any, **options: Any) -> None:
        slug, version = options["course_slug"], options["version"]
        with refusing_in_words():
            withdraw_pack(course_by_slug(slug), version=version)
        self.stdout.write(f"withdrawn: {slug} version {version}")
