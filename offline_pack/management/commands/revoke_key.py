from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.management.root_files import add_root_option
from offline_pack.trust.issuing import revoke_key


class Command(BaseCommand):
    help = "Have a packs or sync key of this centre believed no more, for ever."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEYID", help="how the key's id begins")
        add_root_option(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            key, signed = revoke_key(options["key"], root_files=options["root"])
        self.stdout.write(
            f"revoked {key.purpose} key {key.fingerprint}, trust version {signed.version}"
        )
