from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.management.root_files import add_root_option
from offline_pack.trust.issuing import remove_root_key


class Command(BaseCommand):
    help = "Take a lost or stolen root key out of the centre's root keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEYID", help="how the key's id begins")
        parser.add_argument(
            "--threshold", type=int, metavar="N", help="how many root keys must sign from now on"
        )
        add_root_option(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            trust = remove_root_key(
                options["key"], threshold=options["threshold"], root_files=options["root"]
            ).trust
        self.stdout.write(
            f"{trust.root.threshold} of {len(trust.root.keys)} root keys sign, "
            f"trust version {trust.version}, fingerprint {trust.root.fingerprint}"
        )
