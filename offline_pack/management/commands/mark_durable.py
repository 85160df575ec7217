from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.archiving import mark_durable
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "At the centre: believe that a copy of the database is kept away from this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--backup", type=Path, required=True, metavar="FILE", help="the copy, from `backup`"
        )

    def handle(self, *_: Any, backup: Path, **_options: Any) -> None:
        with refusing_in_words():
            done = mark_durable(backup)
        self.stdout.write(f"{done.facts} facts durable")
        if done.other_story:
            raise CommandError(f"{done.other_story} streams of the copy are not those held here")
