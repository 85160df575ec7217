from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.trust.chain import import_trust


class Command(BaseCommand):
    help = "Believe a centre's packs from now on, by its trust file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="believe this centre instead of the one before"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            trust = import_trust(options["file"], replace=options["replace"]).trust
        self.stdout.write("Compare this fingerprint with the one at the centre.")
        self.stdout.write(f"trusted {trust.centre}, fingerprint {trust.root.fingerprint}")
