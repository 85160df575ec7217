from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.store.collecting import collect_garbage


class Command(BaseCommand):
    help = "Delete the files that no kept version of a course needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--short-of-space",
            action="store_true",
            help="keep the version in use alone; one cannot go back then",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            done = collect_garbage(short_of_space=options["short_of_space"])
        self.stdout.write(f"deleted {done.blobs} files, {done.bytes} bytes")
