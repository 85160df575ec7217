from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.management.root_files import add_root_option
from offline_pack.trust.issuing import add_root_key


class Command(BaseCommand):
    help = "Make one more root key of this centre, in a file to be kept elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, type=Path, metavar="FILE")
        parser.add_argument(
            "--threshold", type=int, metavar="N", help="how many root keys must sign from now on"
        )
        add_root_option(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            trust = add_root_key(
                options["to"], threshold=options["threshold"], root_files=options["root"]
            ).trust
        self.stdout.write(f"wrote {options['to']}: private, take it off this machine.")
        self.stdout.write(
            f"{trust.root.threshold} of {len(trust.root.keys)} root keys sign, "
            f"trust version {trust.version}, fingerprint {trust.root.fingerprint}"
        )
