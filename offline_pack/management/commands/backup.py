from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.archiving import back_up, mark_durable
from offline_pack.conf import is_centre
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Copy the database to another disk, and read the copy back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="DIR", dest="folder")

    def handle(self, *_: Any, folder: Path, **_options: Any) -> None:
        with refusing_in_words():
            backup = back_up(folder)
            self.stdout.write(f"copied: {backup.path}")
            if not is_centre():
                self.stdout.write("backup: done")
            elif backup.is_elsewhere:
                done = mark_durable(backup.path)
                self.stdout.write(f"backup: {done.facts} facts durable")
            else:
                self.stderr.write(
                    "This folder is on the same disk as the data. Copy the file elsewhere, "
                    "then run: mark_durable --backup FILE"
                )
                self.stdout.write("backup: done, nothing marked durable")
