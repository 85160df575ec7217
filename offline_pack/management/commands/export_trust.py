from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.trust.issuing import export_trust


class Command(BaseCommand):
    help = "Write this centre's public keys, for telecentres without a network."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, type=Path, metavar="FILE")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            trust = export_trust(options["to"]).trust
        self.stdout.write(
            f"wrote {options['to']}: {trust.centre}, fingerprint {trust.root.fingerprint}"
        )
