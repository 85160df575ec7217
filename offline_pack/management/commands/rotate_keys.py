from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.issuing import rotate_key
from offline_pack.management.in_words import refusing_in_words
from offline_pack.management.root_files import add_root_option
from offline_pack.models import Purpose


class Command(BaseCommand):
    help = "Put a new key in use at the centre; telecentres hear of it by sync or by pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purpose", choices=Purpose.values)
        parser.add_argument(
            "--revoke", action="store_true", help="the key before is believed no more"
        )
        add_root_option(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        purpose = options["purpose"]
        with refusing_in_words():
            trust = rotate_key(purpose, revoke=options["revoke"], root_files=options["root"]).trust
        in_use = trust.key_in_use(purpose)
        fingerprint = in_use.fingerprint if in_use else ""
        self.stdout.write(f"{purpose} key is now {fingerprint}, trust version {trust.version}")
